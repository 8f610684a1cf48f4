import type { GradientLog, Run } from '../../logs/index.ts';
import { deepest } from '../gaps.ts';
import type { GroupReport } from '../data.ts';
import type { Series } from '../../analysis/index.ts';
import { intervalsOf } from './curves.ts';
import { spanOf, type Span } from './switchPanels.ts';
import type { Point } from './svg.ts';

/** What one panel shows: the two sides of one method's gradients around one switch, `x` counting updates made since the switch. */
export interface GradientPanel {
  readonly title: string;
  readonly subtitle: string;
  readonly plasticity: SeedCurve;
  readonly stability: SeedCurve;
  readonly cosine: SeedCurve;
  readonly window: GradientWindow;
}

/** A quantity over the updates: the mean of the seeds that have it, and the least and greatest value, null for a single seed. */
export interface SeedCurve {
  readonly mean: readonly Point[];
  readonly band: { readonly low: readonly Point[]; readonly high: readonly Point[] } | null;
}

/** The part of the axes that all panels share. Norms run over powers of ten, from `floor` to `top` as exponents; what is less lies on the floor. */
export interface GradientWindow extends Span {
  readonly floor: number;
  readonly top: number;
}

/** The switch that is shown: its task, and how far to look. */
export interface ShownSwitch extends Span {
  readonly task: number;
}

/** How many powers of ten the axis of norms spans at least. */
const decades = 3;

/** Most updates to show after a switch, and a fifth of that before it: what a switch does first is told by updates, not by epochs. */
const longest = 150;

/** The methods whose gradients have two sides in all of their runs. */
export function twoSided({ series }: Pick<GroupReport, 'series'>): Series[] {
  return series.filter(({ runs }) => runs.every(({ gradients }) => gradients?.plasticity.some(Number.isFinite)));
}

/** The switch of the deepest gap, in the part of the window of its accuracies that is near it; else the first one. Null for a stream without switches. */
export function shownSwitch({ gaps, runs }: GroupReport): ShownSwitch | null {
  const intervals = intervalsOf(runs[0].accuracy);
  const seen = deepest(gaps);
  const next = intervals.findIndex(({ task }, i) => (seen ? task === seen.gap.switchIndex && i > 0 : i === 1));
  if (next < 0) return null;
  const [previous, current] = [intervals[next - 1], intervals[next]];
  const after = Math.min(longest, current.to - current.from, seen ? spanOf(seen).after : longest);
  return { task: current.task, after, before: Math.min(previous.to - previous.from, Math.ceil(after / 5)) };
}

/** One panel a method with two sides, all in the same window. */
export function gradientPanels(group: GroupReport, shown: ShownSwitch): GradientPanel[] {
  const panels = twoSided(group).map(({ label, runs }) => {
    const seen = runs.map((run) => around(run.gradients!, switchStep(run, shown.task), shown));
    const [plasticity, stability, cosine] = sides.map((side) =>
      seedCurve(
        seen.map((one) => one(side)),
        shown,
      ),
    );
    const seeds = runs.length === 1 ? `seed ${runs[0].record.seed}` : `${runs.length} seeds: mean, lowest to highest`;
    return { title: label, subtitle: seeds, plasticity, stability, cosine };
  });
  const norms = panels.flatMap(({ plasticity, stability }) => [plasticity, stability]);
  const highest = norms
    .flatMap(({ mean, band }) => [...(band?.high ?? mean)])
    .reduce((most, { y }) => (y > most ? y : most), Number.MIN_VALUE);
  const top = Math.log10(highest) + 0.1;
  return panels.map((panel) => ({ ...panel, window: { ...shown, top, floor: Math.floor(top) - decades } }));
}

const sides = ['plasticity', 'stability', 'cosine'] as const satisfies readonly (keyof GradientLog)[];
type Side = (typeof sides)[number];

/**
 * One side of one run in a window, `[before + after]`, NaN where there is none. At place `before` stands the first update after the switch.
 * @param start updates made before the switch
 */
function around(log: GradientLog, start: number, { before, after }: Span): (side: Side) => Float64Array {
  const { steps } = log;
  const begin = start - before + 1;
  const first = firstFrom(steps, begin);
  return (side) => {
    const values = new Float64Array(before + after).fill(NaN);
    for (let row = first; row < steps.length && steps[row] < begin + values.length; row++)
      values[steps[row] - begin] = log[side][row];
    return values;
  };
}

/** The first row whose step is not below the given one; a run may have a million. */
function firstFrom(steps: Float64Array, step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Updates made before the first one of a task. */
function switchStep({ accuracy }: Pick<Run, 'accuracy'>, task: number): number {
  return intervalsOf(accuracy).find((interval) => interval.task === task)?.from ?? NaN;
}

function seedCurve(seeds: readonly Float64Array[], { before }: Span): SeedCurve {
  const over = (reduce: (row: readonly number[]) => number): Point[] =>
    Array.from(seeds[0], (_, place) => {
      const row = seeds.map((values) => values[place]).filter((value) => !Number.isNaN(value));
      return { x: place - before, y: row.length === 0 ? NaN : reduce(row) };
    });
  const mean = over(meanOf);
  if (seeds.length === 1) return { mean, band: null };
  return { mean, band: { low: over((row) => Math.min(...row)), high: over((row) => Math.max(...row)) } };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sizes of a method's gradients at its switches: means over all switches and seeds, NaN where no update had them. */
export interface SwitchSizes {
  /** Stability in the ten updates before a switch. */
  readonly before: number;
  /** In the first update after a switch. */
  readonly first: { readonly plasticity: number; readonly stability: number };
  /** In the ten updates after that one. */
  readonly next: { readonly plasticity: number; readonly stability: number; readonly cosine: number };
}

const near = 10;

export function switchSizes({ runs }: Pick<Series, 'runs'>): SwitchSizes {
  const parts = runs.flatMap(({ accuracy, gradients }) =>
    intervalsOf(accuracy)
      .slice(1)
      .map(({ from }) => around(gradients!, from, { before: near, after: near + 1 })),
  );
  const mean = (side: Side, from: number, to: number): number =>
    meanOf(parts.flatMap((part) => [...part(side).subarray(from, to)]).filter((value) => !Number.isNaN(value)));
  const first = (side: Side): number => mean(side, near, near + 1);
  const next = (side: Side): number => mean(side, near + 1, 2 * near + 1);
  return {
    before: mean('stability', 0, near),
    first: { plasticity: first('plasticity'), stability: first('stability') },
    next: { plasticity: next('plasticity'), stability: next('stability'), cosine: next('cosine') },
  };
}

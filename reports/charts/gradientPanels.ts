import type { GradientLog, Run } from '../../logs/index.ts';
import { deepest } from '../gaps.ts';
import type { GroupReport } from '../data.ts';
import type { Series } from '../groups.ts';
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
    const curve = (side: Side): SeedCurve =>
      seedCurve(
        runs.map((run) => around(run, shown, side)),
        shown,
      );
    const [plasticity, stability, cosine] = (['plasticity', 'stability', 'cosine'] as const).map(curve);
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

type Side = Exclude<keyof GradientLog, 'steps'>;

/** One side of one run in the window, `[before + after]`, NaN where there is none. At place `before` stands the first update after the switch. */
function around({ accuracy, gradients }: Run, { task, before, after }: ShownSwitch, side: Side): Float64Array {
  const values = new Float64Array(before + after).fill(NaN);
  const start = switchStep({ accuracy }, task);
  const { steps, [side]: column } = gradients!;
  steps.forEach((step, row) => {
    const place = step - 1 - start + before;
    if (place >= 0 && place < values.length) values[place] = column[row];
  });
  return values;
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
  const parts = runs.flatMap((run) =>
    intervalsOf(run.accuracy)
      .slice(1)
      .map(
        ({ task }) =>
          (side: Side) =>
            around(run, { task, before: near, after: near + 1 }, side),
      ),
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

import type { Gap } from '../../metrics/index.ts';
import { deepest, fallTime, sameSwitch } from '../gaps.ts';
import type { SeenGap } from '../gaps.ts';
import type { GroupReport } from '../data.ts';
import type { Series } from '../../analysis/index.ts';
import { counted, inWords } from '../format.ts';
import { intervalsOf, pointsOf } from './curves.ts';
import type { Point } from './svg.ts';

/** What one panel shows: one task around one switch, `x` counting updates from the switch. */
export interface SwitchPanel {
  readonly title: string;
  readonly subtitle: string;
  /** The gap that is marked: one of those shown, or else the method's deepest at this switch; null if it did not fall here. */
  readonly gap: Gap | null;
  /** Every evaluation in the window; `focus` is the run that `gap` belongs to. */
  readonly traces: readonly Trace[];
  readonly window: Window;
}

interface Trace {
  readonly points: readonly Point[];
  readonly focus: boolean;
}

/** The part of the axes that all panels of one switch share. */
export interface Window {
  readonly before: number;
  readonly after: number;
  readonly floor: number;
}

/**
 * One task around one switch for every method, in the same window. `shown` are gaps of that task at that switch, one at least:
 * the window is wide enough for each of them.
 */
export function switchPanels({ series, gaps }: GroupReport, shown: readonly SeenGap[]): SwitchPanel[] {
  const here = sameSwitch(gaps, shown[0].gap);
  const spans = shown.map(spanOf);
  const span = { before: Math.max(...spans.map((s) => s.before)), after: Math.max(...spans.map((s) => s.after)) };
  const panels = series.map((one) => {
    const seen = shown.find((other) => other.series === one) ?? deepest(here.filter((other) => other.series === one));
    return { series: one, seen, traces: tracesOf(one, seen, shown[0].gap, span) };
  });
  const lowest = panels
    .flatMap(({ traces }) => traces.flatMap(({ points }) => points))
    .reduce((least, { y }) => (y < least ? y : least), 1);
  const window = { ...span, floor: Math.max(0, Math.floor(lowest * 10 - 0.5) / 10) };
  return panels.map(({ series: { label }, seen, traces }) => ({
    title: label,
    subtitle: seen ? describe(seen) : 'did not fall here',
    gap: seen?.gap ?? null,
    traces,
    window,
  }));
}

/** Every method at the switch of its own deepest gap, each in a window of its own. A method that never fell has no panel. */
export function ownPanels(group: GroupReport): SwitchPanel[] {
  return group.series.flatMap((series) => {
    const gaps = group.gaps.filter((seen) => seen.series === series);
    const seen = deepest(gaps);
    if (!seen) return [];
    const [panel] = switchPanels({ ...group, series: [series], gaps }, [seen]);
    return [{ ...panel, title: `${panel.title}, ${seen.gap.task} at the switch to ${seen.gap.switchTask}` }];
  });
}

export type Span = Omit<Window, 'floor'>;

/** How far to look: past the recovery, or where there is none far enough to show how abrupt the fall was; never past the next switch. */
export function spanOf(seen: SeenGap): Span {
  const { run, gap } = seen;
  const intervals = intervalsOf(run.accuracy);
  const next = intervals.findIndex(({ task, to }) => task === gap.switchIndex && to > gap.switchStep);
  const [previous, current] = [intervals[next - 1], intervals[next]];
  const reach = gap.recoveryTime === null ? 12 * fallTime(seen) : 1.4 * gap.recoveryTime;
  const { every } = run.record.evaluation;
  const least = 20 * (every === 'adaptive' ? 1 : every);
  const after = Math.min(current.to - current.from, Math.ceil(Math.max(reach, least)));
  return { after, before: Math.min(previous.to - previous.from, Math.ceil(after / 5)) };
}

function tracesOf(
  series: Series,
  seen: SeenGap | null,
  { taskIndex, switchIndex }: Gap,
  { before, after }: Span,
): Trace[] {
  return series.runs.map((run) => {
    const { steps, values } = run.accuracy;
    const start = intervalsOf(run.accuracy).find(({ task }) => task === switchIndex)?.from ?? NaN;
    const fromSwitch = steps.map((step) => step - start);
    const points = pointsOf(fromSwitch, values[taskIndex]).filter(({ x }) => x >= -before && x <= after);
    return { points, focus: run === seen?.run };
  });
}

function describe({ series, run, gap }: SeenGap): string {
  const seed = series.runs.length > 1 ? `seed ${run.record.seed}: ` : '';
  const back = gap.recoveryTime === null ? 'not back' : `back after ${gap.recoveryTime}`;
  const fall = `${inWords(gap.reference)} to ${inWords(gap.minimum)}`;
  return `${seed}${fall} in ${counted(gap.minimumStep - gap.switchStep, 'update')}, ${back}`;
}

import type { Gap } from '../../metrics/index.ts';
import { deepest, sameSwitch } from '../gaps.ts';
import type { SeenGap } from '../gaps.ts';
import type { Group, Series } from '../groups.ts';
import { counted, inWords } from '../format.ts';
import { intervalsOf, pointsOf } from './curves.ts';
import type { Point } from './svg.ts';

/** What one panel shows: one task around one switch, `x` counting updates from the switch. */
export interface SwitchPanel {
  readonly title: string;
  readonly subtitle: string;
  /** The run whose gap is the deepest of the method's at this switch, or null if none has a gap here. */
  readonly gap: Gap | null;
  /** Every evaluation in the window; `focus` is the run that `gap` belongs to. */
  readonly traces: readonly { readonly points: readonly Point[]; readonly focus: boolean }[];
  readonly window: Window;
}

/** The part of the axes that all panels of one switch share. */
export interface Window {
  readonly before: number;
  readonly after: number;
  readonly floor: number;
}

/** The same task around the same switch for every method, in the same window, which is chosen to show the given gap whole. */
export function switchPanels(group: Group, gaps: readonly SeenGap[], shown: SeenGap): SwitchPanel[] {
  const here = sameSwitch(gaps, shown.gap);
  const span = spanOf(shown);
  const panels = group.series.map((series) => {
    const seen = deepest(here.filter((one) => one.series === series));
    return { series, seen, traces: tracesOf(series, seen, shown.gap, span) };
  });
  const lowest = Math.min(...panels.flatMap(({ traces }) => traces.flatMap(({ points }) => points.map(({ y }) => y))));
  const window = { ...span, floor: Math.max(0, Math.floor(lowest * 10 - 0.5) / 10) };
  return panels.map(({ series, seen, traces }) => ({
    title: series.label,
    subtitle: seen ? describe(seen) : 'no gap here',
    gap: seen?.gap ?? null,
    traces,
    window,
  }));
}

/** How far to look: past the recovery, or where there is none a few times as far as the minimum; never past the next switch. */
function spanOf({ run, gap }: SeenGap): Omit<Window, 'floor'> {
  const intervals = intervalsOf(run.accuracy);
  const next = intervals.findIndex(({ task, from }) => task === gap.switchIndex && from === gap.switchStep);
  const [previous, current] = [intervals[next - 1], intervals[next]];
  const fall = gap.minimumStep - gap.switchStep;
  const reach = gap.recoveryStep === null ? 5 * fall : 1.4 * (gap.recoveryStep - gap.switchStep);
  const least = 20 * run.record.evaluation.every;
  const after = Math.min(current.to - current.from, Math.ceil(Math.max(reach, least)));
  return { after, before: Math.min(previous.to - previous.from, Math.ceil(after / 5)) };
}

function tracesOf(series: Series, seen: SeenGap | null, { taskIndex, switchIndex }: Gap, span: Omit<Window, 'floor'>) {
  return series.runs.map((run) => {
    const { steps, values } = run.accuracy;
    const start = intervalsOf(run.accuracy).find(({ task }) => task === switchIndex)?.from ?? NaN;
    const points = pointsOf(
      Array.from(steps, (step) => step - start),
      values[taskIndex],
    ).filter(({ x }) => x >= -span.before && x <= span.after);
    return { points, focus: run === seen?.run };
  });
}

function describe({ series, run, gap }: SeenGap): string {
  const seed = series.runs.length > 1 ? `seed ${run.record.seed}: ` : '';
  const back = gap.recoveryStep === null ? 'not back' : `back after ${gap.recoveryStep - gap.switchStep}`;
  const fall = `${inWords(gap.reference)} to ${inWords(gap.minimum)}`;
  return `${seed}${fall} in ${counted(gap.minimumStep - gap.switchStep, 'update')}, ${back}`;
}

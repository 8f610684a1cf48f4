import { meanRecoveryTime } from '../../metrics/index.ts';
import type { Series } from '../../analysis/index.ts';
import type { GroupReport } from '../data.ts';
import { inWords } from '../format.ts';
import type { SeenGap } from '../gaps.ts';
import type { CurvePanel } from './curves.ts';
import type { Point } from './svg.ts';
import { spanOf } from './switchPanels.ts';

/** One old task around one switch; `x` counts updates from the switch. */
export interface AlignedTrace {
  readonly task: number;
  readonly next: number;
  readonly points: readonly Point[];
}

/** All switches of one method laid over each other, the old tasks around them. */
export interface AlignedPanel {
  readonly title: string;
  readonly subtitle: string;
  readonly traces: readonly AlignedTrace[];
  /** The deepest point of a trace below where it was at the switch; null where nothing fell. */
  readonly lowest: { readonly trace: AlignedTrace; readonly at: Point; readonly reference: number } | null;
}

/** What all panels show at first: updates before and after the switch. */
export interface AlignedWindow {
  readonly before: number;
  readonly after: number;
}

/** Every old task of a method around every switch: means over seeds, or one line a seed where seeds were not evaluated at the same updates. */
export function alignedPanel(
  series: Series,
  gaps: readonly SeenGap[],
  { title, intervals, curves }: CurvePanel,
): AlignedPanel {
  const own = gaps.filter((seen) => seen.series === series);
  const traces = intervals.flatMap(({ task: next, from, to }, i) => {
    const old = new Set(intervals.slice(0, i).map(({ task }) => task));
    old.delete(next);
    const start = intervals[i - 1]?.from ?? from;
    return [...old].flatMap((task) =>
      curves[task].lines.map((line): AlignedTrace => {
        const points = line.filter(({ x }) => x >= start && x <= to).map(({ x, y }) => ({ x: x - from, y }));
        return { task, next, points };
      }),
    );
  });
  return { title, subtitle: gapsInWords(own), traces, lowest: lowestOf(traces) };
}

/** Wide enough for the middle gap of every method, the same for all; null where nothing was trained after another task. */
export function alignedWindow({ series, gaps }: GroupReport): AlignedWindow | null {
  const spans = series.flatMap((one) => {
    const own = gaps.filter((seen) => seen.series === one && seen.gap.depth > 0).map(spanOf);
    return own.length === 0 ? [] : [own.toSorted((a, b) => a.after - b.after)[own.length >> 1]];
  });
  if (spans.length === 0) return null;
  const after = Math.max(...spans.map((span) => span.after));
  return { after, before: Math.ceil(after / 5) };
}

/** `20 gaps, 0.41 deep on average; 12 closed, after 63 updates on average`. */
export function gapsInWords(seen: readonly SeenGap[]): string {
  const fallen = seen.filter(({ gap }) => gap.depth > 0).map(({ gap }) => gap);
  if (fallen.length === 0) return 'nothing fell';
  const depth = fallen.reduce((sum, gap) => sum + gap.depth, 0) / fallen.length;
  const { mean, recovered } = meanRecoveryTime(fallen);
  const back = mean === null ? 'none closed' : `${recovered} closed, after ${Math.round(mean)} updates on average`;
  return `${fallen.length} gap${fallen.length === 1 ? '' : 's'}, ${inWords(depth)} deep on average; ${back}`;
}

function lowestOf(traces: readonly AlignedTrace[]): AlignedPanel['lowest'] {
  let found: AlignedPanel['lowest'] = null;
  for (const trace of traces) {
    const reference = trace.points.findLast(({ x, y }) => x <= 0 && !Number.isNaN(y))?.y;
    if (reference === undefined) continue;
    for (const at of trace.points)
      if (at.x > 0 && reference - at.y > (found ? found.reference - found.at.y : 0)) found = { trace, at, reference };
  }
  return found;
}

import type { Series } from '../../analysis/index.ts';
import { curvePanel } from '../charts/curves.ts';
import type { Point } from '../charts/svg.ts';
import { spanOf } from '../charts/switchPanels.ts';
import type { GroupReport } from '../data.ts';
import { deepest } from '../gaps.ts';
import { cellOf } from '../metricTable.ts';

/** One old task around one switch: `x` counts updates from the switch. */
export interface AlignedCurve {
  readonly task: number;
  readonly points: readonly Point[];
}

/** The deepest fall of the curves drawn. */
export interface MarkedGap {
  readonly task: number;
  readonly reference: number;
  readonly minimum: Point;
  /** The first evaluation after it that is at least as good as the reference; null where there is none before the next switch. */
  readonly back: Point | null;
}

/** What one panel shows: every old task around every switch, by one method. */
export interface GapPanel {
  readonly title: string;
  /** Means over all old tasks, switches and seeds, as in a report's table; null where undefined. */
  readonly depth: number | null;
  readonly recovery: number | null;
  /** How many gaps closed before the next switch, of how many. */
  readonly closed: number;
  readonly gaps: number;
  /** Means over seeds; one curve a seed, where the seeds were not evaluated at the same updates. */
  readonly curves: readonly AlignedCurve[];
  readonly marked: MarkedGap | null;
}

export interface GapPanels {
  readonly panels: readonly GapPanel[];
  /** Updates shown before and after the switches. */
  readonly before: number;
  readonly after: number;
  readonly note: string;
}

/** All switches of all methods, aligned, in one window. Null where no task was left for another one. */
export function gapPanels(group: GroupReport): GapPanels | null {
  if (group.gaps.length === 0) return null;
  const spans = group.series.flatMap((series) => {
    const seen = deepest(group.gaps.filter((gap) => gap.series === series));
    return seen ? [spanOf(seen)] : [];
  });
  const before = Math.max(1, ...spans.map((span) => span.before));
  const after = Math.max(1, ...spans.map((span) => span.after));
  const panels = group.series.map((series, row): GapPanel => {
    const own = group.gaps.filter((gap) => gap.series === series && gap.gap.depth > 0);
    const curves = alignedCurves(series, group.tasks, { before, after });
    return {
      title: series.label,
      depth: cellOf(group.table, row, 'gap-depth')?.mean ?? null,
      recovery: cellOf(group.table, row, 'recovery-time')?.mean ?? null,
      closed: own.filter(({ gap }) => gap.recoveryStep !== null).length,
      gaps: own.length,
      curves,
      marked: deepestOf(curves),
    };
  });
  const seeds = Math.max(...group.series.map(({ runs }) => runs.length));
  return { panels, before, after, note: seeds === 1 ? 'one seed' : `mean of ${seeds} seeds` };
}

/** Where seeds were not evaluated together each has curves of its own. */
export function alignedCurves(
  series: Series,
  tasks: readonly string[],
  { before, after }: { readonly before: number; readonly after: number },
): AlignedCurve[] {
  const whole = curvePanel(series, tasks, (run) => run.accuracy);
  const apart = whole.curves.some(({ lines }) => lines.length > 1);
  const parts = apart
    ? series.runs.map((run) => curvePanel({ ...series, runs: [run] }, tasks, ({ accuracy }) => accuracy))
    : [whole];
  return parts.flatMap(({ intervals, curves }) =>
    intervals.slice(1).flatMap(({ task: next, from, to }, i) => {
      const old = new Set(intervals.slice(0, i + 1).map(({ task }) => task));
      const start = intervals[i].from;
      return curves
        .filter(({ task }) => task !== next && old.has(task))
        .map(({ task, lines: [line] }) => ({
          task,
          points: between(line, start, to)
            .filter(({ x }) => x >= from - before && x <= from + after)
            .map(({ x, y }) => ({ x: x - from, y })),
        }))
        .filter(({ points }) => points.length > 0);
    }),
  );
}

/** The evaluations from a switch to the one after next. Of two at one switch, the first is the last one of the task before. */
function between(line: readonly Point[], from: number, to: number): Point[] {
  const first = line.findLastIndex(({ x }) => x === from);
  const last = line.findIndex(({ x }) => x === to);
  return line.slice(Math.max(0, first), last === -1 ? undefined : last + 1);
}

/** The curve that falls deepest from its last value at or before the switch. */
function deepestOf(curves: readonly AlignedCurve[]): MarkedGap | null {
  const falls = curves.flatMap(({ task, points }) => {
    const reference = points.findLast(({ x, y }) => x <= 0 && !Number.isNaN(y))?.y;
    const later = points.filter(({ x, y }) => x > 0 && !Number.isNaN(y));
    if (reference === undefined || later.length === 0) return [];
    const minimum = later.reduce((least, point) => (point.y < least.y ? point : least));
    const back = later.find(({ x, y }) => x > minimum.x && y >= reference) ?? null;
    return minimum.y < reference ? [{ task, reference, minimum, back }] : [];
  });
  return falls.reduce<MarkedGap | null>(
    (most, fall) => (most === null || fall.reference - fall.minimum.y > most.reference - most.minimum.y ? fall : most),
    null,
  );
}

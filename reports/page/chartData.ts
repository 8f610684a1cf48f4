import type { AlignedPanel, AlignedWindow } from '../charts/alignedPanels.ts';
import type { CurvePanel } from '../charts/curves.ts';
import type { Point } from '../charts/svg.ts';
import { taskColors } from '../charts/theme.ts';
import { inWords } from '../format.ts';

/** Evenly spaced numbers: the first, the step between them, and how many. */
export type Stretch = readonly [from: number, by: number, count: number];

/** Numbers of a curve in few bytes, as base64: shares of 65,534 in 16 bits, 65,535 for none; or 32-bit floats where some lie outside [0, 1]. */
export type Packed = string | { readonly f32: string };

export interface ChartLine {
  readonly x: readonly Stretch[];
  readonly y: Packed;
  readonly low?: Packed;
  readonly high?: Packed;
}

/** What the page's program draws as one chart. Nothing is thinned out. */
export interface ChartData {
  readonly title: string;
  readonly subtitle: string;
  readonly xLabel: string;
  /** What the legend names and can hide: a task with its lines. */
  readonly parts: readonly { readonly label: string; readonly color: string; readonly lines: readonly ChartLine[] }[];
  /** Which task was trained when. */
  readonly strip: readonly {
    readonly label: string;
    readonly color: string;
    readonly from: number;
    readonly to: number;
  }[];
  /** What is shown before the reader zooms; null for all. */
  readonly window: readonly [from: number, to: number] | null;
  readonly dots: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

/** Every evaluation of every task by one method. */
export function curveChart({ title, subtitle, tasks, labels, intervals, curves }: CurvePanel): ChartData {
  const colors = taskColors(tasks.length);
  const parts = curves.map(({ task, lines, band }) => ({
    label: tasks[task],
    color: colors[task],
    lines: lines.map((line) => packLine(line, band)),
  }));
  const strip = intervals.map(({ task, from, to }, i) => ({ label: labels[i], color: colors[task], from, to }));
  return { title, subtitle, xLabel: 'updates', parts, strip, window: null, dots: [] };
}

/** All switches of one method at 0. */
export function alignedChart(
  { title, subtitle, traces, lowest }: AlignedPanel,
  { before, after }: AlignedWindow,
  tasks: readonly string[],
): ChartData {
  const colors = taskColors(tasks.length);
  const old = tasks.map((_, task) => traces.filter((trace) => trace.task === task));
  const parts = old.flatMap((own, task) =>
    own.length === 0
      ? []
      : [{ label: tasks[task], color: colors[task], lines: own.map(({ points }) => packLine(points, null)) }],
  );
  const dots = lowest
    ? [{ ...lowest.at, text: `${inWords(lowest.reference)} to ${inWords(lowest.at.y)} in ${lowest.at.x}` }]
    : [];
  return { title, subtitle, xLabel: 'updates since the switch', parts, strip: [], window: [-before, after], dots };
}

function packLine(line: readonly Point[], band: { low: readonly Point[]; high: readonly Point[] } | null): ChartLine {
  const ys = (points: readonly Point[]): Packed => pack(points.map(({ y }) => y));
  const edges = band ? { low: ys(band.low), high: ys(band.high) } : {};
  return { x: stretches(line.map(({ x }) => x)), y: ys(line), ...edges };
}

/** @example stretches([0, 1, 2, 2, 12, 22]) // [[0, 1, 3], [2, 10, 3]] */
export function stretches(values: readonly number[]): Stretch[] {
  const found: Stretch[] = [];
  for (let i = 0; i < values.length;) {
    const by = i + 1 < values.length ? values[i + 1] - values[i] : 0;
    let count = 1;
    while (i + count < values.length && values[i + count] === values[i] + count * by) count++;
    found.push([values[i], by, count]);
    i += count;
  }
  return found;
}

/** Off by 8 · 10⁻⁶ at most within [0, 1]. */
export function pack(values: readonly number[]): Packed {
  if (values.some((value) => value < 0 || value > 1)) return { f32: base64(Float32Array.from(values)) };
  return base64(Uint16Array.from(values, (value) => (Number.isNaN(value) ? 65535 : Math.round(value * 65534))));
}

const base64 = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

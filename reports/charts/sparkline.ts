import type { Interval, TaskCurve } from './curves.ts';
import type { Point } from './svg.ts';
import { thinned } from './thin.ts';

/** A curve so small that it needs no axes: accuracy 0 to 1 upwards, the whole run sideways. In the colour of the text around it. */
export interface Sparkline {
  readonly curve: TaskCurve;
  readonly intervals: readonly Interval[];
  /** What it shows, for those who do not see it. */
  readonly title: string;
}

const width = 132;
const height = 44;
/** Room for half the width of a line at the edges. */
const margin = 1;

/** One task of one method as an SVG element: the mean in its band, grey lines at the switches, the time in which the task is trained shaded. */
export function sparkline({ curve, intervals, title }: Sparkline): string {
  const end = intervals.at(-1)?.to || 1;
  const x = (step: number): string => rounded((step / end) * width);
  const y = (value: number): string => rounded(margin + (1 - value) * (height - 2 * margin));
  const path = (points: readonly Point[]): string => {
    let pen = 'M';
    return thinned(points, end / width)
      .map((point) => {
        if (Number.isNaN(point.y)) pen = 'M';
        const drawn = Number.isNaN(point.y) ? '' : `${pen}${x(point.x)} ${y(point.y)}`;
        if (!Number.isNaN(point.y)) pen = 'L';
        return drawn;
      })
      .join('');
  };
  const shaded = intervals
    .filter(({ task }) => task === curve.task)
    .map(
      ({ from, to }) =>
        `<rect x="${x(from)}" width="${rounded(((to - from) / end) * width)}" height="${height}" opacity=".1"/>`,
    );
  const rules = [`M0 ${height}H${width}`, ...intervals.slice(1).map(({ from }) => `M${x(from)} 0V${height}`)];
  const finite = ({ y: value }: Point): boolean => !Number.isNaN(value);
  const band = curve.band
    ? `<path d="${path(curve.band.high.filter(finite))}${path(curve.band.low.filter(finite).toReversed()).replace('M', 'L')}Z" opacity=".25"/>`
    : '';
  const lines = curve.lines.map(
    (line) => `<path d="${path(line)}" fill="none" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"/>`,
  );
  return `<svg class="spark" role="img" aria-label="${title}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" fill="currentColor">${shaded.join('')}<path d="${rules.join('')}" stroke="currentColor" stroke-width=".6" opacity=".45"/>${band}${lines.join('')}</svg>`;
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Series } from '../../analysis/index.ts';
import { meanAndStd, tInterval, type RunMetric } from '../../metrics/index.ts';
import { accent, ink, mutedInk, paper, withOpacity } from '../charts/theme.ts';
import { block, disc, inTwoLines, rule, widthOf, wrapped, write, writeLines } from './pen.ts';
import { drawPlot, roundTicks, type PlaceOf } from './plot.ts';
import type { Sheet } from './sheet.ts';
import type { FigureStyle } from './style.ts';

/** One metric of several methods. */
export interface BarPanel {
  readonly title: string;
  readonly direction: RunMetric['direction'];
  readonly unit: RunMetric['unit'];
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  /** Null where the metric is undefined for every run. */
  readonly mean: number | null;
  /** 95 % t interval of the mean; null for fewer than two values. */
  readonly interval: readonly [low: number, high: number] | null;
  /** One a seed. */
  readonly values: readonly number[];
}

/** Null where no run has the metric. */
export function barPanel(series: readonly Series[], metric: RunMetric): BarPanel | null {
  const bars = series.map(({ label, runs }): Bar => {
    const values = runs.map((run) => metric.compute(run)).filter((value) => value !== null);
    const interval = tInterval(values);
    return { label, mean: meanAndStd(values).mean, interval: interval && [interval.low, interval.high], values };
  });
  if (bars.every(({ mean }) => mean === null)) return null;
  return { title: metric.title, direction: metric.direction, unit: metric.unit, bars };
}

/** A bar a method, from 0, with its interval, and a point a seed. */
export function barsSheet({ title, direction, unit, bars }: BarPanel, width: number, style: FigureStyle): Sheet {
  const { text } = style;
  const left = Math.min(0.45 * width, Math.max(...bars.map(({ label }) => widthOf(label, text))) + 5);
  const names = bars.map(({ label }) => inTwoLines(label, left - 5, text));
  const row = (names.some((name) => name.length > 1) ? 2.6 : 1.9) * text;
  const many = bars.some(({ values }) => values.length > 1);
  const unitName = unit === 'accuracy' ? '' : ` (${unit})`;
  const said = [
    `${title}${unitName}, ${direction} is better`,
    many && 'bars: means with 95 % t intervals; points: seeds',
  ];
  const lines = said.filter((part) => part !== false).flatMap((part) => wrapped(part, width - 4, text));
  const area = { x: left, y: 2, width: width - left - 1.5 * text, height: bars.length * row };
  const height = area.y + area.height + 2.2 * text + lines.length * 1.25 * text;
  const range = rangeOf(bars);
  return {
    width,
    height,
    description: `${title} of ${bars.map(({ label }) => label).join(', ')}`,
    draw(context) {
      drawPlot(context, {
        area,
        style,
        x: { ...range, named: true, at: roundTicks(range.min, range.max, area.width, style) },
        y: { min: 0, max: bars.length, named: false, at: [] },
        datasets: [],
        under: (place) => rule(context, [place(0, 0), place(0, bars.length)], { width: style.hair }),
        over: (place) => bars.forEach((bar, i) => drawBar(context, bar, bars.length - i - 0.5, place, style)),
      });
      names.forEach((name, i) =>
        writeLines(context, name, [left - 4, area.y + (i + 0.5) * row], { size: text, align: 'right' }),
      );
      lines.forEach((line, i) => {
        const y = height - 2 - (lines.length - 1 - i) * 1.25 * text;
        write(context, line, [width / 2, y], { size: text, align: 'center', color: i === 0 ? ink : mutedInk });
      });
    },
  };
}

function drawBar(context: SKRSContext2D, bar: Bar, at: number, place: PlaceOf, style: FigureStyle): void {
  const { mean, interval, values } = bar;
  if (mean === null) {
    const [x, y] = place(0, at);
    write(context, 'undefined', [x + 3, y], { size: style.text, color: mutedInk, baseline: 'middle' });
    return;
  }
  const [zero, y] = place(0, at);
  const [end] = place(mean, at);
  const half = 0.55 * style.text;
  // Points of many seeds would cover the interval.
  const apart = interval ? 0.25 * style.text : 0;
  block(context, [Math.min(zero, end), y - half], Math.abs(end - zero), 2 * half, withOpacity(accent, 0.4));
  rule(context, [[end, y - half], [end, y + half]], { color: accent, width: style.line }); // prettier-ignore
  if (interval) {
    const [[low], [high]] = [place(interval[0], at), place(interval[1], at)];
    const level = y - apart;
    rule(context, [[low, level], [high, level]], { width: style.line }); // prettier-ignore
    for (const x of [low, high]) rule(context, [[x, level - 2], [x, level + 2]], { width: style.line }); // prettier-ignore
  }
  if (values.length > 1)
    for (const value of values)
      disc(context, [place(value, at)[0], y + apart], 0.8 * style.dot, paper, { color: ink, width: style.hair });
}

/** From 0 to past everything that is drawn. */
function rangeOf(bars: readonly Bar[]): { min: number; max: number } {
  const drawn = [0, ...bars.flatMap(({ values, interval }) => [...values, ...(interval ?? [])])];
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const room = 0.03 * (high - low || 1);
  return { min: low < 0 ? low - room : 0, max: high > 0 ? high + room : 0 };
}

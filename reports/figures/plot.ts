import type { SKRSContext2D } from '@napi-rs/canvas';
import { Chart, Filler, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import type { ChartDataset, Scale, ScaleOptions } from 'chart.js';
import type { Box } from '../charts/labels.ts';
import type { Point } from '../charts/svg.ts';
import { font, gridInk, ink, px } from '../charts/theme.ts';
import { widthOf, type Spot } from './pen.ts';
import type { FigureStyle } from './style.ts';

export interface PlotAxis {
  readonly min: number;
  readonly max: number;
  /** Whether the ticks are named; not where a neighbour names them. */
  readonly named: boolean;
  /** Where the ticks are. */
  readonly at: readonly number[];
  readonly name?: (value: number) => string;
}

/** Curves on axes in a part of a sheet. */
export interface Plot {
  /** What the axes enclose, in points. */
  readonly area: Box;
  readonly style: FigureStyle;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly datasets: ChartDataset<'line', Point[]>[];
  /** Drawn under and over the curves. */
  readonly under?: (place: PlaceOf) => void;
  readonly over?: (place: PlaceOf) => void;
}

/** Where a value of the axes lies on the sheet. */
export type PlaceOf = (x: number, y: number) => Spot;

/** Room for ticks and their names beside the area, in points: wider than any. Nothing is drawn in what is left. */
const margin = 60;

/** Room above the area and to its right, in points: Chart.js cuts off names of ticks that reach beyond its canvas. */
const overhang = 12;

/**
 * Draws curves by Chart.js in a part of a sheet. Drawn in quarters of points, since Chart.js merges the points of a line that fall into one column of
 * whole units, keeping the least and the greatest.
 */
export function drawPlot(context: SKRSContext2D, plot: Plot): void {
  Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);
  const { area, style } = plot;
  const [left, top] = [px(area.x - margin), px(area.y - overhang)];
  const placed: PlaceOf = (x, y) => [
    area.x + (area.width * (x - plot.x.min)) / (plot.x.max - plot.x.min),
    area.y + area.height - (area.height * (y - plot.y.min)) / (plot.y.max - plot.y.min),
  ];
  context.save();
  context.translate(left, top);
  const own = (draw?: (place: PlaceOf) => void) => (): void => {
    if (!draw) return;
    context.save();
    context.translate(-left, -top);
    draw(placed);
    context.restore();
  };
  const chart = new Chart(partOf(context, px(area.width + margin + overhang), px(area.height + margin + overhang)), {
    type: 'line',
    data: { datasets: plot.datasets },
    options: {
      animation: false,
      responsive: false,
      events: [],
      parsing: false,
      normalized: true,
      locale: 'en-US',
      devicePixelRatio: 1,
      layout: { padding: { top: px(overhang), right: px(overhang) }, autoPadding: false },
      scales: {
        x: {
          ...scaleOf(plot.x, style),
          afterFit: (scale: Scale) => Object.assign(scale, fixed, { height: px(margin) }),
        },
        y: {
          ...scaleOf(plot.y, style),
          afterFit: (scale: Scale) => Object.assign(scale, fixed, { width: px(margin) }),
        },
      },
    },
    plugins: [{ id: 'layers', beforeDatasetsDraw: own(plot.under), afterDatasetsDraw: own(plot.over) }],
  });
  chart.destroy();
  context.restore();
}

/** Names of ticks that reach beyond the axes make the area no smaller: panels side by side must be alike. */
const fixed = { paddingTop: 0, paddingRight: 0, paddingBottom: 0, paddingLeft: 0 };

function scaleOf(axis: PlotAxis, style: FigureStyle): ScaleOptions<'linear'> & { type: 'linear' } {
  const { at, name } = axis;
  return {
    type: 'linear',
    min: axis.min,
    max: axis.max,
    border: { color: ink, width: px(style.hair) },
    grid: {
      drawOnChartArea: style.grid,
      color: gridInk,
      tickColor: ink,
      lineWidth: px(style.hair),
      tickLength: px(2.5),
    },
    ticks: {
      display: axis.named,
      color: ink,
      font: font(style.text),
      padding: px(1),
      maxRotation: 0,
      autoSkip: false,
      ...(name && { callback: (value: number | string) => name(Number(value)) }),
    },
    afterBuildTicks: (scale: Scale) => (scale.ticks = at.map((value) => ({ value }))),
  } as ScaleOptions<'linear'> & { type: 'linear' };
}

/** Ticks from 0 to 1 on an upright axis of a height in points. */
export function shareTicks(height: number, { text }: FigureStyle): number[] {
  const parts = height > 8 * text ? 5 : 2;
  return Array.from({ length: parts + 1 }, (_, i) => i / parts);
}

/** Round numbers from `min` to `max`, 0 among them if it lies between, at least so many points apart as their names take. */
export function roundTicks(min: number, max: number, length: number, { text }: FigureStyle): number[] {
  const longest = Math.max(...[min, max].map((end) => widthOf(Math.trunc(end).toLocaleString('en-US'), text)));
  const least = ((max - min) * Math.max(2.8 * text, longest + text)) / length;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * [1, 2, 5, 10].find((digit) => digit * power >= least * (1 - 1e-9))!;
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** What Chart.js would do to a canvas that were its own: to clear it, and to forget where on the sheet the part lies. */
const kept = new Set<string | symbol>(['setTransform', 'resetTransform', 'clearRect']);

/** A context of a canvas of the given size that draws on part of another one. */
function partOf(context: SKRSContext2D, width: number, height: number): CanvasRenderingContext2D {
  const bound = new Map<string | symbol, unknown>();
  const canvas = { width, height, style: {}, getContext: () => part };
  const part: SKRSContext2D = new Proxy(context, {
    get(target, key) {
      if (key === 'canvas') return canvas;
      if (bound.has(key)) return bound.get(key);
      const value: unknown = kept.has(key) ? () => {} : Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(target);
      bound.set(key, method);
      return method;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  return part as unknown as CanvasRenderingContext2D;
}

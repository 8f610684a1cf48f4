import { createCanvas, SvgExportFlag } from '@napi-rs/canvas';
import type { SKRSContext2D } from '@napi-rs/canvas';
import { Chart, Filler, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { registerFonts } from './fonts.ts';
import { px } from './theme.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Draws on the canvas after Chart.js has drawn the curves; the scales turn data into canvas pixels. */
export type Overlay = (context: SKRSContext2D, chart: Chart) => void;

/** A line figure: plain Chart.js data and options, and what is drawn over it. Lengths are canvas pixels ({@link px}). */
export interface Figure {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly datasets: ChartDataset<'line', Point[]>[];
  readonly scales: NonNullable<ChartConfiguration<'line'>['options']>['scales'];
  /** Room around the plot in CSS pixels, for the overlay. */
  readonly padding: { readonly top: number; readonly right: number };
  readonly underlay?: Overlay;
  readonly overlay?: Overlay;
}

/** Draws a figure as an SVG document. Text becomes outlines, so it looks the same on every machine. Same figure, same bytes. */
export function renderSvg(figure: Figure): string {
  registerFonts();
  Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);
  const canvas = createCanvas(px(figure.width), px(figure.height), SvgExportFlag.ConvertTextToPaths);
  const context = canvas.getContext('2d');
  // Chart.js asks for a browser's canvas; the drawing calls it makes are all there.
  const chart = new Chart(context as unknown as CanvasRenderingContext2D, {
    type: 'line',
    data: { datasets: figure.datasets },
    options: {
      animation: false,
      responsive: false,
      events: [],
      parsing: false,
      normalized: true,
      locale: 'en-US',
      devicePixelRatio: 1,
      layout: { padding: { top: px(figure.padding.top), right: px(figure.padding.right), bottom: px(2), left: px(2) } },
      scales: figure.scales,
    },
    plugins: [
      {
        id: 'layers',
        beforeDatasetsDraw: (drawn) => figure.underlay?.(context, drawn),
        afterDatasetsDraw: (drawn) => figure.overlay?.(context, drawn),
      },
    ],
  });
  const svg = canvas.getContent().toString();
  chart.destroy();
  return compact(svg, figure);
}

/**
 * Gives the drawing its CSS size, cuts coordinates to a tenth of a canvas pixel (a fortieth of a CSS pixel), and counts clip
 * paths from 1: the canvas counts them over all drawings of the process.
 */
function compact(svg: string, { width, height }: Figure): string {
  const head = `width="${width}" height="${height}" viewBox="0 0 ${px(width)} ${px(height)}"`;
  const clips = [...new Set(svg.match(/\bcl_[0-9a-f]+\b/g))];
  return svg
    .replace(/^[^]*?<svg ([^>]*?) width="\d+" height="\d+">/, `<svg $1 ${head}>`)
    .replace(/\bcl_[0-9a-f]+\b/g, (id) => `clip${clips.indexOf(id) + 1}`)
    .replace(/ d="[^"]*"/g, (path) => path.replace(/-?\d+\.\d{2,}/g, (n) => String(Math.round(Number(n) * 10) / 10)))
    .replace(/\n\s*/g, '\n')
    .trimEnd();
}

import type { FontSpec, ScaleOptions } from 'chart.js';
import { fontFamily } from './fonts.ts';

/**
 * Canvas pixels per CSS pixel. Chart.js merges line points that share a canvas pixel column; drawn four times as large, it
 * merges only what lies within a quarter of a CSS pixel.
 */
export const pixelsPerUnit = 4;

/** CSS pixels as canvas pixels. */
export const px = (length: number): number => length * pixelsPerUnit;

export const ink = '#1f2328';
export const mutedInk = '#59636e';
export const gridInk = '#e3e6ea';
export const paper = '#ffffff';

/** Okabe and Ito's colours for all kinds of colour vision, without the yellow that is too pale for a line on white. */
const okabeIto = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/** The colour of the methods' own curves, where a figure shows one task only. */
export const accent = okabeIto[0];
export const warning = okabeIto[1];

/** Stops of the perceptually even viridis map, without its pale end. */
const ramp = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
];

/** One colour for each of `count` tasks: distinct hues for a few, an even ramp in training order for more. */
export function taskColors(count: number): string[] {
  if (count <= okabeIto.length) return okabeIto.slice(0, count);
  return Array.from({ length: count }, (_, i) => rampColor(i / (count - 1)));
}

function rampColor(position: number): string {
  const scaled = position * (ramp.length - 1);
  const stop = Math.min(Math.floor(scaled), ramp.length - 2);
  const channels = ramp[stop].map((from, c) => Math.round(from + (scaled - stop) * (ramp[stop + 1][c] - from)));
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** A `#rrggbb` colour with an opacity in [0, 1]. */
export function withOpacity(color: string, opacity: number): string {
  return (
    color +
    Math.round(opacity * 255)
      .toString(16)
      .padStart(2, '0')
  );
}

export const font = (size: number, weight: 'normal' | 'bold' = 'normal'): Partial<FontSpec> => ({
  family: fontFamily,
  size: px(size),
  weight,
  lineHeight: 1.2,
});

/** The same font as {@link font}, in the form that a canvas context takes. */
export const cssFont = (size: number, weight: 'normal' | 'bold' = 'normal'): string =>
  `${weight} ${px(size)}px ${fontFamily}`;

/** A linear axis from `min` to `max` with a title that names its unit. */
export function axis(
  title: string,
  min: number,
  max: number,
  step?: number,
): ScaleOptions<'linear'> & { type: 'linear' } {
  return {
    type: 'linear',
    min,
    max,
    title: { display: true, text: title, color: ink, font: font(12), padding: px(2) },
    border: { color: mutedInk, width: px(1) },
    grid: { color: gridInk, lineWidth: px(0.75), tickLength: px(4) },
    ticks: {
      color: ink,
      font: font(11),
      padding: px(3),
      includeBounds: false,
      maxRotation: 0,
      stepSize: step,
      autoSkipPadding: px(12),
    },
  };
}

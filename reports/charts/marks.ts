import type { SKRSContext2D } from '@napi-rs/canvas';
import { cssFont, ink, paper, px, warning, withOpacity } from './theme.ts';

/** A place on the canvas. */
export type Place = readonly [x: number, y: number];

/** A dashed line. */
export function line(context: SKRSContext2D, from: Place, to: Place, color: string): void {
  context.save();
  context.strokeStyle = color;
  context.lineWidth = px(1);
  context.setLineDash([px(4), px(3)]);
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
  context.restore();
}

/** A round mark: filled with its own colour, or with that of the paper. */
export function dot(context: SKRSContext2D, [x, y]: Place, fill: string): void {
  context.save();
  context.fillStyle = fill;
  context.strokeStyle = warning;
  context.lineWidth = px(1.6);
  context.beginPath();
  context.arc(x, y, px(4), 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.restore();
}

/** Height of a label in canvas pixels. */
export const labelHeight = px(13);

/**
 * Text centred on `x`, moved sideways where it would leave `within`; on a pale card, so that curves behind it do not make it
 * unreadable. Returns its right end.
 */
export function label(
  context: SKRSContext2D,
  text: string,
  x: number,
  top: number,
  within: readonly [number, number],
): number {
  context.save();
  context.font = cssFont(11);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const width = context.measureText(text).width;
  const left = Math.max(within[0], Math.min(x - width / 2, within[1] - width));
  context.fillStyle = withOpacity(paper, 0.8);
  context.fillRect(left - px(2), top, width + px(4), labelHeight);
  context.fillStyle = ink;
  context.fillText(text, left, top + labelHeight / 2);
  context.restore();
  return left + width;
}

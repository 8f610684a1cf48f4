import type { SKRSContext2D } from '@napi-rs/canvas';
import { cssFont, ink, mutedInk, px } from './theme.ts';

/** A figure's heading in the upper left corner: bold title, then a muted remark on the same line. */
export function drawTitle(context: SKRSContext2D, title: string, subtitle: string): void {
  context.save();
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.font = cssFont(13, 'bold');
  context.fillStyle = ink;
  context.fillText(title, px(8), px(18));
  const indent = px(8) + context.measureText(title).width + px(8);
  context.font = cssFont(11);
  context.fillStyle = mutedInk;
  context.fillText(subtitle, indent, px(18));
  context.restore();
}

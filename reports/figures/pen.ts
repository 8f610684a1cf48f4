import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { registerFonts } from '../charts/fonts.ts';
import { cssFont, ink, px } from '../charts/theme.ts';

/** @file Marks on a sheet. Places and lengths are points. */

export type Spot = readonly [x: number, y: number];

export interface TextLook {
  readonly size: number;
  readonly weight?: 'normal' | 'bold';
  readonly align?: 'left' | 'center' | 'right';
  readonly baseline?: 'top' | 'middle' | 'alphabetic' | 'bottom';
  readonly color?: string;
  /** Quarter turns to the left. */
  readonly turns?: number;
}

export function write(context: SKRSContext2D, text: string, [x, y]: Spot, look: TextLook): void {
  context.save();
  context.font = cssFont(look.size, look.weight);
  context.textAlign = look.align ?? 'left';
  context.textBaseline = look.baseline ?? 'alphabetic';
  context.fillStyle = look.color ?? ink;
  context.translate(px(x), px(y));
  if (look.turns) context.rotate((-look.turns * Math.PI) / 2);
  context.fillText(text, 0, 0);
  context.restore();
}

export interface Stroke {
  readonly color?: string;
  readonly width: number;
  readonly dash?: readonly number[];
}

export function rule(context: SKRSContext2D, spots: readonly Spot[], { color = ink, width, dash = [] }: Stroke): void {
  context.save();
  context.strokeStyle = color;
  context.lineWidth = px(width);
  context.setLineDash(dash.map(px));
  context.beginPath();
  spots.forEach(([x, y], i) => (i === 0 ? context.moveTo(px(x), px(y)) : context.lineTo(px(x), px(y))));
  context.stroke();
  context.restore();
}

/** A disc; `stroke` is drawn around it. */
export function disc(context: SKRSContext2D, [x, y]: Spot, radius: number, fill: string, stroke?: Stroke): void {
  context.save();
  context.fillStyle = fill;
  context.beginPath();
  context.arc(px(x), px(y), px(radius), 0, 2 * Math.PI);
  context.fill();
  if (stroke) {
    context.strokeStyle = stroke.color ?? ink;
    context.lineWidth = px(stroke.width);
    context.stroke();
  }
  context.restore();
}

export function block(context: SKRSContext2D, [x, y]: Spot, width: number, height: number, fill: string): void {
  context.save();
  context.fillStyle = fill;
  context.fillRect(px(x), px(y), px(width), px(height));
  context.restore();
}

let ruler: SKRSContext2D | null = null;

/** Width of a text in points. */
export function widthOf(text: string, size: number, weight: 'normal' | 'bold' = 'normal'): number {
  registerFonts();
  ruler ??= createCanvas(1, 1).getContext('2d');
  ruler.font = cssFont(size, weight);
  return ruler.measureText(text).width / px(1);
}

/** The text, or as much of its beginning as fits with an ellipsis. */
export function fitted(text: string, width: number, size: number, weight: 'normal' | 'bold' = 'normal'): string {
  if (widthOf(text, size, weight) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && widthOf(`${letters.join('').trimEnd()}…`, size, weight) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** The text in lines of at most a width, broken at spaces. */
export function wrapped(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The text in one line, or in two, the second with an ellipsis where that is not enough. */
export function inTwoLines(text: string, width: number, size: number): string[] {
  const [first, ...rest] = wrapped(text, width, size);
  return [first, ...(rest.length === 0 ? [] : [rest.join(' ')])].map((line) => fitted(line, width, size));
}

/** Lines one under another, the middle of all at a place. */
export function writeLines(context: SKRSContext2D, lines: readonly string[], [x, y]: Spot, look: TextLook): void {
  lines.forEach((line, i) => {
    const at = y + (i - (lines.length - 1) / 2) * 1.15 * look.size;
    write(context, line, [x, at], { ...look, baseline: 'middle' });
  });
}

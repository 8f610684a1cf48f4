import { setImmediate as nextTurn } from 'node:timers/promises';
import { renderSvg, type Figure } from '../charts/svg.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** A figure as an image inside the page. */
export async function image(figure: Figure, alt: string): Promise<Markup> {
  // Drawing leaves native memory behind that is freed only between turns of the event loop.
  await nextTurn();
  return inlineImage(renderSvg(figure), figure, alt);
}

/** An SVG document as an image inside the page. @param size in CSS pixels */
export function inlineImage(svg: string, { width, height }: Pick<Figure, 'width' | 'height'>, alt: string): Markup {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return markup`<img src="${source}" width="${width}" height="${height}" alt="${alt}">
`;
}

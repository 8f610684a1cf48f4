import { setImmediate as nextTurn } from 'node:timers/promises';
import { renderSvg, type Figure } from '../charts/svg.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** A figure as an image inside the page. */
export async function image(figure: Figure, alt: string): Promise<Markup> {
  // Drawing leaves native memory behind that is freed only between turns of the event loop.
  await nextTurn();
  const source = `data:image/svg+xml;base64,${Buffer.from(renderSvg(figure)).toString('base64')}`;
  return markup`<img src="${source}" width="${figure.width}" height="${figure.height}" alt="${alt}">
`;
}

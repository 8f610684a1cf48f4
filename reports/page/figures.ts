import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Figure } from '../charts/svg.ts';
import { renderSvg } from '../charts/svg.ts';
import { curveFigure } from '../charts/curveFigure.ts';
import { curvePanels } from '../charts/curves.ts';
import { switchFigure } from '../charts/switchFigure.ts';
import { switchPanels } from '../charts/switchPanels.ts';
import type { GroupReport } from '../data.ts';
import type { SeenGap } from '../gaps.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** The accuracy of every task at every evaluation, one panel a method. */
export async function curveFigures(group: GroupReport): Promise<Markup> {
  const images = [];
  for (const panel of curvePanels(group)) {
    const alt = `${panel.title}: accuracy of ${panel.tasks.join(', ')} over the updates`;
    images.push(await image(curveFigure(panel), alt));
  }
  return markup`<div class="figures">${images}</div>`;
}

/** One task around one switch, one panel a method. */
export async function switchFigures(group: GroupReport, shown: SeenGap): Promise<Markup> {
  const images = [];
  for (const panel of switchPanels(group, group.gaps, shown)) {
    const alt = `${panel.title}: accuracy of ${shown.gap.task} around the switch to ${shown.gap.switchTask}, ${panel.subtitle}`;
    images.push(await image(switchFigure(panel), alt));
  }
  return markup`<div class="figures small">${images}</div>`;
}

async function image(figure: Figure, alt: string): Promise<Markup> {
  // Drawing leaves native memory behind that is freed only between turns of the event loop.
  await nextTurn();
  const source = `data:image/svg+xml;base64,${Buffer.from(renderSvg(figure)).toString('base64')}`;
  return markup`<img src="${source}" width="${figure.width}" height="${figure.height}" alt="${alt}">
`;
}

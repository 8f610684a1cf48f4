import { runMetrics } from '../../metrics/index.ts';
import type { GroupReport } from '../data.ts';
import { cdSheet } from '../figures/cd.ts';
import { cdPanel } from '../figures/cdPanel.ts';
import { renderSheetSvg } from '../figures/render.ts';
import { figureStyles } from '../figures/style.ts';
import { inlineImage } from './image.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** What methods are ranked on: where they end, and how low they fell on the way. */
const ranked = new Set(['acc', 'min-acc']);

/** In points; two stand side by side. */
const width = 5.2 * 72;

/** Critical-difference diagrams; null where there is nothing to rank: one method, or one seed. */
export function rankFigures({ series }: GroupReport): Markup | null {
  const sheets = runMetrics
    .filter(({ name }) => ranked.has(name))
    .flatMap((metric) => {
      const panel = cdPanel(series, metric);
      return typeof panel === 'string' ? [] : [cdSheet(panel, width, figureStyles.screen)];
    });
  if (sheets.length === 0) return null;
  const pixels = (points: number): number => Math.round((points * 96) / 72);
  const images = sheets.map((sheet) =>
    inlineImage(renderSheetSvg(sheet), { width: pixels(sheet.width), height: pixels(sheet.height) }, sheet.description),
  );
  return markup`<h3>Ranks</h3>
<p class="muted">Methods ranked seed by seed; mean ranks, and the difference that it takes to tell two of them apart.</p>
<div class="figures">${images}</div>`;
}

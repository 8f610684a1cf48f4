import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ChartData } from './chartData.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** A chart for readers with a script, and its picture on paper and for those without. */
export function chart(id: string, data: ChartData, picture: Markup): Markup {
  return markup`<figure class="chart"><div class="plot" data-chart="${id}"></div><div class="print-only">${picture}</div>
<script type="application/json" id="${id}">${{ source: JSON.stringify(data).replaceAll('<', '\\u003c') }}</script></figure>
`;
}

/** uPlot's program with its licence. */
export function chartLibrary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  return `/* uPlot\n${read('LICENSE')} */\n${read('dist/uPlot.iife.min.js')}\n`;
}

/** uPlot's style sheet. */
export function chartStyle(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  return readFileSync(join(folder, 'dist', 'uPlot.min.css'), 'utf8').trim();
}

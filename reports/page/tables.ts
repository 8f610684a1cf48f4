import type { RunMetric } from '../../metrics/index.ts';
import { formatMeanStd } from '../format.ts';
import type { MetricCell, MetricTable } from '../metricTable.ts';
import { markup } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** A table that scrolls sideways inside its own box when it is wider than the page. Keyboards can scroll it too. */
export function scrollable(label: string, table: Markup): Markup {
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

/** A plain table; the first cell of each row is its heading. */
export function plainTable(label: string, head: readonly Content[], rows: readonly (readonly Content[])[]): Markup {
  return scrollable(
    label,
    markup`<table>
<thead><tr>${head.map((cell) => markup`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
      ([first, ...rest]) => markup`<tr><th scope="row">${first}</th>${rest.map((cell) => markup`<td>${cell}</td>`)}</tr>
`,
    )}</tbody>
</table>`,
  );
}

/** The table of all metrics: methods as rows, mean ± standard deviation over the seeds. */
export function metricTableHtml({ metrics, rows }: MetricTable): Markup {
  const head = ['method', 'seeds', ...metrics.map(metricHead)];
  const body = rows.map(({ series, cells }) => [
    series.title === series.label ? series.label : markup`<span title="${series.title}">${series.label}</span>`,
    series.runs.length,
    ...cells.map((cell, i) => metricCell(cell, metrics[i], series.runs.length)),
  ]);
  return plainTable('All metrics', head, body);
}

/** ↑ where more is better, ↓ where less is. */
export const arrow = ({ direction }: RunMetric): string => (direction === 'higher' ? '↑' : '↓');

function metricHead(metric: RunMetric): Markup {
  return markup`<abbr title="${metric.definition}">${metric.title}</abbr> ${arrow(metric)}`;
}

function metricCell(cell: MetricCell, { unit }: RunMetric, runs: number): Markup {
  // On paper, where cells may wrap, the spread goes to the second line as a whole.
  const text = formatMeanStd(cell, unit).replace('± ', '±\u00a0');
  // Where some runs leave the metric undefined, the mean is over fewer than the row says.
  const count = cell.n > 0 && cell.n < runs ? markup` <span class="n">n ${cell.n}</span>` : null;
  return markup`${cell.best ? markup`<strong>${text}</strong>` : text}${count}`;
}

/** What each metric is and where it comes from. */
export function definitions(metrics: readonly RunMetric[]): Markup {
  const entries = metrics.map(
    (metric) => markup`<dt>${metric.title} ${arrow(metric)}</dt>
<dd>${metric.definition} <span class="muted">Unit: ${metric.unit}. Source: ${metric.source}.</span></dd>
`,
  );
  return markup`<dl class="definitions">${entries}</dl>`;
}

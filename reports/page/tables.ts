import type { RunMetric } from '../../metrics/index.ts';
import { formatMeanStd } from '../format.ts';
import type { MetricCell, MetricTable } from '../metricTable.ts';
import type { ColumnTest } from '../significance.ts';
import { markup } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** A table that scrolls sideways inside its own box when it is wider than the page. Keyboards can scroll it too. */
export function scrollable(label: string, table: Content): Markup {
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

/** The heading of a column whose numbers are defined: the definition is one hover, focus or tap away. */
export interface Defined {
  readonly term: string;
  readonly definition: string;
  /** What stands behind the term. */
  readonly mark?: string;
}

/** A cell whose number in full sorts it. */
export interface Cell {
  readonly shown: Content;
  readonly value: number | null;
}

type Head = Content | Defined;

/**
 * A plain table; the first cell of each row is its heading. It can be sorted by any column.
 * @param id where several tables of a page have one label, what tells their definitions apart
 */
export function plainTable(
  label: string,
  head: readonly Head[],
  rows: readonly (readonly (Content | Cell)[])[],
  id = '',
): Markup {
  const tips = head.flatMap((each) => (isDefined(each) ? [{ ...each, id: tipId(id, label, each.term) }] : []));
  return scrollable(label, [
    markup`<table class="sortable">
<thead><tr>${head.map((each) => markup`<th scope="col">${isDefined(each) ? term(each, tipId(id, label, each.term)) : each}</th>`)}</tr></thead>
<tbody>${rows.map(
      ([
        first,
        ...rest
      ]) => markup`<tr><th scope="row">${isCell(first) ? first.shown : first}</th>${rest.map(bodyCell)}</tr>
`,
    )}</tbody>
</table>`,
    tips.map(
      (tip) => markup`<div popover class="tip" id="${tip.id}"><strong>${tip.term}</strong> ${tip.definition}</div>`,
    ),
  ]);
}

const isDefined = (head: Head): head is Defined => head !== null && typeof head === 'object' && 'term' in head;
const isCell = (cell: Content | Cell): cell is Cell => cell !== null && typeof cell === 'object' && 'shown' in cell;

function bodyCell(cell: Content | Cell): Markup {
  if (!isCell(cell)) return markup`<td>${cell}</td>`;
  return markup`<td data-v="${cell.value === null ? '–' : String(cell.value)}">${cell.shown}</td>`;
}

function term({ term: text, mark }: Defined, id: string): Markup {
  return markup`<button type="button" class="term" popovertarget="${id}"><span>${text}</span>${mark === undefined ? null : ` ${mark}`}</button>`;
}

const tipId = (...parts: readonly string[]): string =>
  `tip-${parts
    .filter((part) => part !== '')
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')}`;

/** The table of all metrics: methods as rows, mean ± standard deviation over the seeds; a star where a method is shown to be worse than the best. */
export function metricTableHtml(
  { metrics, rows }: MetricTable,
  tests: readonly (ColumnTest | null)[] = [],
  id = '',
): Markup {
  const head = ['method', 'seeds', ...metrics.map(metricHead)];
  const body = rows.map(({ series, cells }) => [
    series.title === series.label ? series.label : markup`<span title="${series.title}">${series.label}</span>`,
    series.runs.length,
    ...cells.map((cell, i) =>
      metricCell(cell, metrics[i], series.runs.length, tests[i]?.differ.includes(series.label) === true),
    ),
  ]);
  return plainTable('All metrics', head, body, id);
}

/** ↑ where more is better, ↓ where less is. */
export const arrow = ({ direction }: RunMetric): string => (direction === 'higher' ? '↑' : '↓');

const metricHead = (metric: RunMetric): Defined => ({
  term: metric.title,
  definition: metric.definition,
  mark: arrow(metric),
});

function metricCell(cell: MetricCell, { unit }: RunMetric, runs: number, worse: boolean): Cell {
  // On paper, where cells may wrap, the spread goes to the second line as a whole.
  const text = formatMeanStd(cell, unit).replace('± ', '±\u00a0');
  // Where some runs leave the metric undefined, the mean is over fewer than the row says.
  const count = cell.n > 0 && cell.n < runs ? markup` <span class="n">n ${cell.n}</span>` : null;
  const star = worse ? markup`<span class="star" title="worse than the best">*</span>` : null;
  return { shown: markup`${cell.best ? markup`<strong>${text}</strong>` : text}${star}${count}`, value: cell.mean };
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

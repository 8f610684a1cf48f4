import { inWords } from '../format.ts';
import type { Series } from '../../analysis/index.ts';
import { meanMatrix } from '../matrix.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { scrollable } from './tables.ts';

/** One method's accuracy matrix as a small heat table: rows are tasks trained so far, columns are tasks tested. */
export function matrixTable({ label, runs }: Series, tasks: readonly string[]): Markup {
  const { after, cells } = meanMatrix(runs, tasks.length);
  const row = (i: number, values: readonly (number | null)[]): Markup =>
    markup`<tr><th scope="row">${i === -1 ? 'untrained' : tasks[i]}</th>${values.map((value, j) => heatCell(value, j > i))}</tr>
`;
  return markup`<figure class="matrix"><figcaption><strong>${label}</strong></figcaption>
${scrollable(
  `Accuracy matrix of ${label}`,
  markup`<table>
<thead><tr><th scope="col">after</th>${tasks.map((task) => markup`<th scope="col">${task}</th>`)}</tr></thead>
<tbody>${cells.map((values, r) => row(after[r], values))}</tbody>
</table>`,
)}</figure>
`;
}

function heatCell(value: number | null, unseen: boolean): Markup {
  if (value === null) return markup`<td class="none">–</td>`;
  const heat = Math.round(Math.min(1, Math.max(0, value)) * 10);
  return markup`<td class="heat${heat}${unseen ? ' unseen' : ''}">${inWords(value)}</td>`;
}

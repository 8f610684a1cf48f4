import type { CurvePanel, Interval, TaskCurve } from '../charts/curves.ts';
import { sparkline } from '../charts/sparkline.ts';
import { inWords } from '../format.ts';
import { escapeHtml, markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { scrollable } from './tables.ts';

/** One method on every task. */
export function multiplesRow({ title, curves, intervals }: CurvePanel, tasks: readonly string[]): Markup {
  return markup`<tr><th scope="row">${title}</th>${curves.map((curve) => cell(title, tasks[curve.task], curve, intervals))}</tr>
`;
}

/** Every method on every task at a glance: methods down, tasks across. @param rows those of {@link multiplesRow} */
export function multiples(rows: readonly Markup[], tasks: readonly string[]): Markup {
  const table = markup`<table class="multiples">
<thead><tr><th scope="col">method</th>${tasks.map((task) => markup`<th scope="col">${task}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table>`;
  return markup`<h3>At a glance</h3>
<p class="muted">Accuracy from 0 to 1 over the whole run, one cell a method and task. Shaded: the task is being trained; uprights: the switches.
Below: accuracy at the end, and the lowest once the task had been trained.</p>
${scrollable('Accuracy of every method on every task', table)}`;
}

function cell(method: string, task: string, curve: TaskCurve, intervals: readonly Interval[]): Markup {
  const { last, low } = levels(curve, intervals);
  if (last === null) return markup`<td>–</td>`;
  const lowest = low === null ? '' : `, lowest ${inWords(low)}`;
  const title = escapeHtml(`${method} on ${task}: ends at ${inWords(last)}${lowest}`);
  return markup`<td>${{ source: sparkline({ curve, intervals, title }) }}<br><span class="n">${inWords(last)}${low === null ? null : `, low ${inWords(low)}`}</span></td>`;
}

/** The last value, and the lowest after the end of the task's first training; the mean and the least over lines. Null where there is none. */
export function levels(
  { task, lines }: TaskCurve,
  intervals: readonly Interval[],
): { last: number | null; low: number | null } {
  const trained = intervals.find((interval) => interval.task === task)?.to ?? Infinity;
  const ends = lines.flatMap((line) => line.findLast(({ y }) => !Number.isNaN(y))?.y ?? []);
  let low: number | null = null;
  for (const line of lines) for (const { x, y } of line) if (x >= trained && y < (low ?? Infinity)) low = y;
  const last = ends.length === 0 ? null : ends.reduce((sum, value) => sum + value, 0) / ends.length;
  return { last, low: intervals.at(-1)?.to === trained ? null : low };
}

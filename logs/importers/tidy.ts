import { atLeast, numberOf, textIn, trainingIn } from './tables/cells.ts';
import { usualColumns } from './tables/columns.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { createLogBuilder } from './shared/logBuilder.ts';
import { isOfItems, isOfOtherTool } from './tables/otherTools.ts';
import { cellProblem, listed, shown } from './tables/problems.ts';
import type { Source } from './shared/source.ts';
import { createStepColumn } from './tables/stepColumn.ts';
import { createMetricChoice, hasRoles, measureOf, rolesOf } from './tidy/columns.ts';
import { glanceAtRows, openTidyRows } from './tidy/rows.ts';
import { asShares, directionOf } from './shared/units.ts';

/**
 * Tables with one value a row: `step,task,value` and, where they are there, its standard error, the number of its items and the task in training. CSV, TSV,
 * JSON Lines or an array of JSON objects; columns go by usual names or by those that the user gives.
 */
export const tidy: Importer = {
  name: 'tidy',
  title: 'one value a row: step, task, value',
  files: '*.csv, *.tsv, *.jsonl or *.json',
  detects(source, options = {}) {
    const glance = glanceAtRows(source);
    if (glance === null || isOfItems(glance.columns) || isOfOtherTool(glance.columns)) return false;
    if (!hasRoles(glance.columns, options)) return false;
    // In a wide table a task may go by such a name, and has numbers below it.
    const task = glance.columns.indexOf(options.columns?.task ?? usualColumns(glance.columns, 'task')[0]);
    return !glance.rows.some(
      (cells) => !Number.isInteger(Number(cells[task] ?? 0)) && !Number.isNaN(Number(cells[task])),
    );
  },
  read,
};

function read(source: Source, options: ImportOptions): readonly Imported[] {
  const { path } = source;
  const rows = openTidyRows(source);
  const roles = rolesOf(path, rows.columns, options);
  const notes: string[] = [];
  const unread = rows.columns.filter((column) => !Object.values(roles).includes(column));
  if (unread.length > 0) notes.push(`columns that are not read: ${listed(unread)}`);
  const builder = createLogBuilder(path, { rawSteps: true });
  const steps = createStepColumn(path, roles.step);
  const metrics = createMetricChoice(path, options.metric);
  let unknown = 0;
  rows.forEach(roles, (cells, row) => {
    if (roles.metric !== undefined && !metrics.takes(cells.metric)) return;
    const step = steps.read(cells.step, row);
    const task = textIn(cells.task);
    if (task === '') throw cellProblem(path, row, roles.task, 'the task is missing; write it, or remove the row');
    const value = numberOf(cells.value, path, row, roles.value);
    if (Number.isNaN(value)) {
      unknown++;
      return;
    }
    builder.add(step, task, value, {
      stderr:
        roles.stderr === undefined
          ? NaN
          : atLeast(0, numberOf(cells.stderr, path, row, roles.stderr), path, row, roles.stderr) || NaN,
      count:
        roles.count === undefined
          ? NaN
          : atLeast(1, numberOf(cells.count, path, row, roles.count), path, row, roles.count),
      training: roles.training === undefined ? undefined : trainingIn(cells.training),
      where: row,
    });
  });
  notes.push(...rows.notes);
  if (unknown > 0) {
    const which = `${unknown} ${unknown === 1 ? 'row has' : 'rows have'}`;
    notes.push(
      `${which} no number in column "${shown(roles.value)}" and ${unknown === 1 ? 'counts' : 'count'} as not evaluated`,
    );
  }
  const measure = roles.metric === undefined ? measureOf(path, rows.columns, roles.value, options) : metrics.chosen();
  const direction = directionOf(measure, options);
  if (direction.note) notes.push(direction.note);
  const { log, note } = asShares(builder.build(measure, direction.higher, notes, steps.resolve(notes)), options, path);
  if (note) notes.push(note);
  return [imported(source, 'tidy', { log, notes })];
}

import { UserError } from '../../../base/index.ts';
import { beginsAsJson, firstObject, openJsonRows } from '../tables/jsonRows.ts';
import type { Source } from '../shared/source.ts';
import { glanceAt, openTextTable } from '../tables/textTable.ts';
import type { TidyRoles } from './columns.ts';

/** The cells of a row by what they hold. */
export type TidyCells = { -readonly [R in keyof TidyRoles]: unknown };

/** Rows of text or of JSON alike. */
export interface TidyRows {
  readonly columns: readonly string[];
  /** Visits the rows in order. Cells are those of one row only until the next is visited. */
  forEach(roles: TidyRoles, visit: (cells: TidyCells, row: number) => void): void;
  /** Gets a sentence for what was repaired, once the rows were visited. */
  readonly notes: readonly string[];
}

/** The columns of a file that may be one, and some of its rows, by its beginning; null where there are none. Never throws. */
export function glanceAtRows(
  source: Source,
): { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] } | null {
  const object = firstObject(source);
  if (object) return { columns: Object.keys(object), rows: [Object.values(object)] };
  return beginsAsJson(source.head) ? null : glanceAt(source);
}

/** @throws {UserError} for a folder, and for a file that is no table */
export function openTidyRows(source: Source): TidyRows {
  if (source.isFolder) throw new UserError(`${source.path} is a folder; name a file of it`);
  return beginsAsJson(source.head) ? ofJson(source) : ofText(source);
}

function ofText(source: Source): TidyRows {
  const table = openTextTable(source);
  const { columns, notes } = table;
  return {
    columns,
    notes,
    forEach(roles, visit) {
      const at = (name: string | undefined): number => (name === undefined ? -1 : columns.indexOf(name));
      const [step, task, value] = [at(roles.step), at(roles.task), at(roles.value)];
      const [stderr, count, training, metric] = [
        at(roles.stderr),
        at(roles.count),
        at(roles.training),
        at(roles.metric),
      ];
      const row: TidyCells = { step: '', task: '', value: '' };
      table.forEach((cells, line) => {
        row.step = cells[step];
        row.task = cells[task];
        row.value = cells[value];
        row.stderr = cells[stderr];
        row.count = cells[count];
        row.training = cells[training];
        row.metric = cells[metric];
        visit(row, line);
      });
    },
  };
}

function ofJson(source: Source): TidyRows {
  const { keys, notes, forEach } = openJsonRows(source);
  return {
    columns: keys,
    notes,
    forEach(roles, visit) {
      const row: TidyCells = { step: null, task: null, value: null };
      const { stderr, count, training, metric } = roles;
      forEach((cells, line) => {
        row.step = cells[roles.step];
        row.task = cells[roles.task];
        row.value = cells[roles.value];
        if (stderr !== undefined) row.stderr = cells[stderr];
        if (count !== undefined) row.count = cells[count];
        if (training !== undefined) row.training = cells[training];
        if (metric !== undefined) row.metric = cells[metric];
        visit(row, line);
      });
    },
  };
}

import { UserError } from '../../../base/index.ts';

/** The error for a cell, or for a whole row where `column` is null. @param row the line of the file, from 1 */
export function cellProblem(path: string, row: number, column: string | null, problem: string): UserError {
  const where = column === null ? `${path}, row ${row}` : `${path}, row ${row}, column "${shown(column)}"`;
  return new UserError(`${where}: ${problem}`);
}

/** Text of a file as an error may quote it. */
export function shown(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

/** Names of a file as an error may list them: a dozen of them, and how many there are beyond. */
export function listed(names: readonly string[]): string {
  const most = 12;
  const rest = names.length - most;
  const list = names.slice(0, most).map(shown).join(', ');
  return rest > 0 ? `${list} and ${rest} more` : list;
}

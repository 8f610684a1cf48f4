import type { UserError } from '../../../base/index.ts';
import { numberOf, textIn } from './cells.ts';
import { cellProblem, shown } from './problems.ts';
import { stepIn } from '../shared/steps.ts';
import { isMissing } from './textTable.ts';

/** Reads the cells of a column of steps, in which numbers may be below 0 and names may stand for numbers: which is known once all were read. */
export interface StepColumn {
  /** A number that stands for the step until `resolve` tells it. @throws {UserError} for a cell that is empty or, below numbers, no number */
  read(cell: unknown, row: number): number;
  /** The step, from 0 on, that each such number stands for. @param notes gets a sentence where that is not the number in the cell */
  resolve(notes: string[]): (raw: number) => number;
}

/**
 * Where the first cell is a number all must be; where the lowest is below 0, all are counted from it. Where the first is a name, all are taken for
 * names: their steps are the numbers in them (`step-500`, `M1`) if each has one of its own, else they are numbered from 0 as they first come.
 *
 * @param path for errors
 * @param column its name
 */
export function createStepColumn(path: string, column: string): StepColumn {
  let names: Map<string, number> | null = null;
  let first = true;
  let lowest = 0;
  const missing = (row: number): UserError =>
    cellProblem(path, row, column, 'the step is missing; write it, or remove the row');
  return {
    read(cell, row) {
      if (first) {
        first = false;
        if (typeof cell === 'string' && Number.isNaN(Number(cell))) names = new Map();
      }
      if (names) {
        const name = textIn(cell);
        if (isMissing(name)) throw missing(row);
        const known = names.get(name) ?? names.size;
        names.set(name, known);
        return known;
      }
      const step = numberOf(cell, path, row, column);
      if (Number.isNaN(step)) throw missing(row);
      if (step < lowest) lowest = step;
      return step;
    },
    resolve(notes) {
      if (names) return stepsOfNames([...names.keys()], column, notes);
      if (lowest === 0) return (raw) => raw;
      notes.push(`steps begin at ${lowest} and are counted from there: ${-lowest} is added to all`);
      return (raw) => raw - lowest;
    },
  };
}

function stepsOfNames(names: readonly string[], column: string, notes: string[]): (raw: number) => number {
  const steps = numbersIn(names);
  const some = names.slice(0, 5).map((name, i) => (steps ? `${shown(name)} is ${steps[i]}` : shown(name)));
  const list = `${some.join(', ')}${names.length > 5 ? `, … (${names.length})` : ''}`;
  notes.push(
    steps
      ? `steps are the numbers in the names of column "${shown(column)}": ${list}`
      : `column "${shown(column)}" holds names, not numbers: steps are counted from 0 in the order in which they first come: ${list}`,
  );
  return (raw) => (steps ? steps[raw] : raw);
}

/** The number in each name, if each has one of its own. */
function numbersIn(names: readonly string[]): readonly number[] | null {
  const told = names.map(stepIn);
  // Names of one form, such as M1 and M2, differ in their number only.
  const forms = new Set(names.map((name) => name.replace(/\d+/, '#')));
  const numbers = forms.size === 1 ? names.map((name) => Number(/\d+/.exec(name)?.[0] ?? NaN)) : told;
  const known = numbers.filter((number): number is number => number !== null && !Number.isNaN(number));
  return new Set(known).size === names.length ? known : null;
}

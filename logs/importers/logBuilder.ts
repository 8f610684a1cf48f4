import { UserError } from '../../base/index.ts';
import type { EvaluationLog } from '../types.ts';

/** What is known of one value beside itself. */
export interface Facts {
  readonly stderr?: number;
  readonly count?: number;
  /** The task in training at the time. */
  readonly training?: string;
  /** Where it stands, for errors: a row of the file, or words such as a file's name. */
  readonly where?: number | string;
}

/** Gathers values in any order and makes an evaluation log of them. */
export interface LogBuilder {
  /** @throws {UserError} for a step below 0 or no number, and for an infinite value. NaN is a task that was not evaluated. */
  add(step: number, task: string, value: number, facts?: Facts): void;
  /** Values so far. */
  readonly size: number;
  /**
   * Rows by step, tasks as they first came. Of equal values of one task at one step and training task one is kept.
   * @param notes gets a sentence for what was left out
   * @throws {UserError} without a value, and for two different values of one task at one step and training task
   */
  build(measure: string, higherIsBetter: boolean, notes: string[]): EvaluationLog;
}

/** Growing columns of the values, so that a million of them take few bytes each. */
interface Columns {
  steps: Float64Array;
  tasks: Int32Array;
  training: Int32Array;
  values: Float64Array;
  errors: Float64Array;
  counts: Float64Array;
  /** A row of the file; below 0 an index into words, counted from −1; 0 where nothing is known. */
  places: Int32Array;
}

/** @param path for errors */
export function createLogBuilder(path: string): LogBuilder {
  let columns = allocate(1024);
  let size = 0;
  const tasks = new Map<string, number>();
  const trained = new Map<string, number>();
  const words: string[] = [];

  return {
    get size() {
      return size;
    },
    add(step, task, value, { stderr = NaN, count = NaN, training, where } = {}) {
      const place = typeof where === 'string' ? -words.push(where) : (where ?? 0);
      if (!Number.isFinite(step) || step < 0)
        throw new UserError(`${placeOf(path, place, words)}: the step is ${step}; steps are numbers from 0 on`);
      if (Math.abs(value) === Infinity)
        throw new UserError(
          `${placeOf(path, place, words)}: the value of ${task} is infinite; leave it empty or remove it`,
        );
      if (size === columns.steps.length) columns = grown(columns);
      columns.steps[size] = step;
      columns.tasks[size] = idOf(task, tasks);
      columns.training[size] = training === undefined ? -1 : idOf(training, trained);
      columns.values[size] = value;
      columns.errors[size] = stderr;
      columns.counts[size] = count;
      columns.places[size] = place;
      size++;
    },
    build(measure, higherIsBetter, notes) {
      if (!columns.values.subarray(0, size).some((value) => !Number.isNaN(value)))
        throw new UserError(`${path} holds no value of ${measure}; check the file and the metric`);
      const found = { path, columns, size, tasks: [...tasks.keys()], trained: [...trained.keys()], words };
      return assemble(found, { measure, higherIsBetter }, notes);
    },
  };
}

function idOf(name: string, ids: Map<string, number>): number {
  const known = ids.get(name);
  if (known !== undefined) return known;
  ids.set(name, ids.size);
  return ids.size - 1;
}

function placeOf(path: string, place: number, words: readonly string[]): string {
  if (place === 0) return path;
  return place > 0 ? `${path}, row ${place}` : `${path}, ${words[-place - 1]}`;
}

/** All that was added. */
interface Found {
  readonly path: string;
  readonly columns: Columns;
  readonly size: number;
  readonly tasks: readonly string[];
  readonly trained: readonly string[];
  readonly words: readonly string[];
}

function assemble(
  found: Found,
  head: Pick<EvaluationLog, 'measure' | 'higherIsBetter'>,
  notes: string[],
): EvaluationLog {
  const { columns, size, trained } = found;
  const { steps, tasks, training, values, errors, counts } = columns;
  const order = inOrder(columns, size);
  const rowOf = new Int32Array(size);
  let rows = 0;
  for (let at = 1; at < size; at++) {
    const [i, previous] = [order[at], order[at - 1]];
    if (steps[i] !== steps[previous] || training[i] !== training[previous]) rows++;
    rowOf[i] = rows;
  }
  rows++;
  const all = [...new Set([...found.tasks, ...trained])];
  const kept = withoutRepeats(found, order, rowOf, notes);
  const column = (source: Float64Array): Float64Array[] => {
    const made = all.map(() => new Float64Array(rows).fill(NaN));
    for (const i of kept) made[tasks[i]][rowOf[i]] = source[i];
    return made;
  };
  const known = (source: Float64Array): boolean => source.subarray(0, size).some((value) => !Number.isNaN(value));
  const rowSteps = new Float64Array(rows);
  const rowTraining = new Int32Array(rows).fill(-1);
  const indexOfTrained = trained.map((name) => all.indexOf(name));
  for (let i = 0; i < size; i++) {
    rowSteps[rowOf[i]] = steps[i];
    if (training[i] >= 0) rowTraining[rowOf[i]] = indexOfTrained[training[i]];
  }
  return {
    ...head,
    tasks: all,
    steps: rowSteps,
    trainingTask: rowTraining,
    values: column(values),
    ...(known(errors) && { standardErrors: column(errors) }),
    ...(known(counts) && { counts: column(counts) }),
  };
}

/** Entries by step, then by training task as they first came: the end of one task stands before the start of the next. */
function inOrder({ steps, training }: Columns, size: number): Int32Array {
  const order = Int32Array.from({ length: size }, (_, i) => i);
  const compare = (a: number, b: number): number => steps[a] - steps[b] || training[a] - training[b] || a - b;
  // Most logs are written in order.
  for (let i = 1; i < size; i++) if (compare(i - 1, i) > 0) return order.toSorted(compare);
  return order;
}

/** The first entry of each task in each row. @throws {UserError} where another one differs */
function withoutRepeats(
  { path, columns, size, tasks: names, words }: Found,
  order: Int32Array,
  rowOf: Int32Array,
  notes: string[],
): Int32Array {
  const { steps, tasks, values, places } = columns;
  const kept = new Int32Array(size);
  const last = new Int32Array(names.length).fill(-1);
  let length = 0;
  let example = -1;
  for (const i of order) {
    const before = last[tasks[i]];
    if (before < 0 || rowOf[before] !== rowOf[i]) {
      last[tasks[i]] = i;
      kept[length++] = i;
    } else if (Object.is(values[before], values[i])) example = i;
    else {
      const two = `${values[before]} and ${values[i]}`;
      const problem = `${names[tasks[i]]} has two values at step ${steps[i]}: ${two}; keep one of them`;
      throw new UserError(`${placeOf(path, places[i], words)}: ${problem}`);
    }
  }
  const repeated = size - length;
  if (repeated > 0) {
    const at = `${names[tasks[example]]} at step ${steps[example]}`;
    notes.push(
      `${repeated} ${repeated === 1 ? 'value is' : 'values are'} there twice, such as that of ${at}; counted once`,
    );
  }
  return kept.subarray(0, length);
}

function allocate(length: number): Columns {
  return {
    steps: new Float64Array(length),
    tasks: new Int32Array(length),
    training: new Int32Array(length),
    values: new Float64Array(length),
    errors: new Float64Array(length),
    counts: new Float64Array(length),
    places: new Int32Array(length),
  };
}

function grown(columns: Columns): Columns {
  const larger = allocate(2 * columns.steps.length);
  for (const [name, array] of Object.entries(columns) as [keyof Columns, Float64Array][]) larger[name].set(array);
  return larger;
}

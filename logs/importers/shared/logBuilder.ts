import { UserError } from '../../../base/index.ts';
import type { EvaluationLog } from '../../types.ts';
import { stepOrder } from '../tables/stepOrder.ts';

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
   * @param stepOf the step that an added one stands for, where the builder was made for `rawSteps`
   * @throws {UserError} without a value, and for two different values of one task at one step and training task
   */
  build(measure: string, higherIsBetter: boolean, notes: string[], stepOf?: (raw: number) => number): EvaluationLog;
}

/** Growing columns of the values, so that a million of them take few bytes each; null for what no value has. */
interface Columns {
  steps: Float64Array;
  tasks: Int32Array;
  training: Int32Array | null;
  values: Float64Array;
  errors: Float64Array | null;
  counts: Float64Array | null;
  /** A row of the file; below 0 an index into words, counted from −1; 0 where nothing is known. */
  places: Int32Array;
}

/**
 * @param path for errors
 * @param tasks tasks that stand before all others, in this order
 * @param rawSteps whether steps below 0 are taken, for files that tell only at their end which steps their cells mean
 */
export function createLogBuilder(
  path: string,
  {
    tasks: firstTasks = [],
    rawSteps = false,
  }: { readonly tasks?: readonly string[]; readonly rawSteps?: boolean } = {},
): LogBuilder {
  let columns = allocate(1024);
  let size = 0;
  const tasks = new Map(firstTasks.map((name, i) => [name, i]));
  const trained = new Map<string, number>();
  const words: string[] = [];

  return {
    get size() {
      return size;
    },
    add(step, task, value, { stderr = NaN, count = NaN, training, where } = {}) {
      const place = typeof where === 'string' ? -words.push(where) : (where ?? 0);
      if (!Number.isFinite(step) || (step < 0 && !rawSteps))
        throw new UserError(`${placeOf(path, place, words)}: the step is ${step}; steps are numbers from 0 on`);
      if (Math.abs(value) === Infinity)
        throw new UserError(
          `${placeOf(path, place, words)}: the value of ${task} is infinite; leave it empty or remove it`,
        );
      if (size === columns.steps.length) columns = grown(columns);
      // Adding 0 makes 0 of −0.
      columns.steps[size] = step + 0;
      columns.tasks[size] = idOf(task, tasks);
      if (training !== undefined)
        (columns.training ??= new Int32Array(columns.steps.length).fill(-1))[size] = idOf(training, trained);
      columns.values[size] = value;
      if (!Number.isNaN(stderr)) (columns.errors ??= unknowns(columns.steps.length))[size] = stderr;
      if (!Number.isNaN(count)) (columns.counts ??= unknowns(columns.steps.length))[size] = count;
      columns.places[size] = place;
      size++;
    },
    build(measure, higherIsBetter, notes, stepOf) {
      if (!columns.values.subarray(0, size).some((value) => !Number.isNaN(value)))
        throw new UserError(`${path} holds no value of ${measure}; check the file and the metric`);
      const { steps } = columns;
      if (stepOf) for (let i = 0; i < size; i++) steps[i] = stepOf(steps[i]) + 0;
      const found = { path, columns, size, tasks: [...tasks.keys()], trained: [...trained.keys()], words };
      return assemble(found, { measure, higherIsBetter }, notes);
    },
  };
}

function idOf(name: string, ids: Map<string, number>): number {
  const known = ids.get(name);
  if (known !== undefined) return known;
  // A copy, since a piece of a file's text would keep all of it in memory.
  ids.set(Buffer.from(name).toString(), ids.size);
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
  const order = stepOrder(steps, training, size);
  const rowOf = new Int32Array(size);
  let rows = 0;
  for (let at = 1; at < size; at++) {
    const [i, previous] = order ? [order[at], order[at - 1]] : [at, at - 1];
    if (steps[i] !== steps[previous] || (training && training[i] !== training[previous])) rows++;
    rowOf[i] = rows;
  }
  rows++;
  const all = [...new Set([...found.tasks, ...trained])];
  const kept = withoutRepeats(found, order, rowOf, notes);
  const column = (source: Float64Array): Float64Array[] => {
    const made = all.map(() => unknowns(rows));
    for (const i of kept) made[tasks[i]][rowOf[i]] = source[i];
    return made;
  };
  const rowSteps = new Float64Array(rows);
  const rowTraining = new Int32Array(rows).fill(-1);
  const indexOfTrained = trained.map((name) => all.indexOf(name));
  for (let i = 0; i < size; i++) {
    rowSteps[rowOf[i]] = steps[i];
    if (training && training[i] >= 0) rowTraining[rowOf[i]] = indexOfTrained[training[i]];
  }
  return {
    ...head,
    tasks: all,
    steps: rowSteps,
    trainingTask: rowTraining,
    values: column(values),
    ...(errors && { standardErrors: column(errors) }),
    ...(counts && { counts: column(counts) }),
  };
}

/** The first entry of each task in each row. @throws {UserError} where another one differs */
function withoutRepeats(
  { path, columns, size, tasks: names, words }: Found,
  order: Int32Array | null,
  rowOf: Int32Array,
  notes: string[],
): Int32Array {
  const { steps, tasks, values, places } = columns;
  const kept = new Int32Array(size);
  const last = new Int32Array(names.length).fill(-1);
  let length = 0;
  let example = -1;
  for (let at = 0; at < size; at++) {
    const i = order ? order[at] : at;
    const before = last[tasks[i]];
    if (before < 0 || rowOf[before] !== rowOf[i]) {
      last[tasks[i]] = i;
      kept[length++] = i;
    } else if (Object.is(values[before], values[i])) example = i;
    else {
      const two = `${values[before]} and ${values[i]}`;
      const problem = `${names[tasks[i]]} has two values at step ${steps[i]}: ${two}; keep one of them, or write a file for each run`;
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
    training: null,
    values: new Float64Array(length),
    errors: null,
    counts: null,
    places: new Int32Array(length),
  };
}

function unknowns(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}

function grown({ steps, tasks, training, values, errors, counts, places }: Columns): Columns {
  const length = 2 * steps.length;
  const onto = <A extends Float64Array | Int32Array>(larger: A, smaller: A): A => {
    larger.set(smaller);
    return larger;
  };
  return {
    steps: onto(new Float64Array(length), steps),
    tasks: onto(new Int32Array(length), tasks),
    training: training && onto(new Int32Array(length).fill(-1), training),
    values: onto(new Float64Array(length), values),
    errors: errors && onto(unknowns(length), errors),
    counts: counts && onto(unknowns(length), counts),
    places: onto(new Int32Array(length), places),
  };
}

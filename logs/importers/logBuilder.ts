import { UserError } from '../../base/index.ts';
import type { EvaluationLog } from '../types.ts';

/** What is known of one value beside itself. */
export interface Facts {
  readonly stderr?: number;
  readonly count?: number;
  /** The task in training at the time. */
  readonly training?: string;
  /** Where it stands, for errors: such as `row 7`. */
  readonly where?: string;
}

/** Gathers values in any order and makes an evaluation log of them. */
export interface LogBuilder {
  /** @throws {UserError} for a step below 0 or no number, and for two different values of one task at one step and training task */
  add(step: number, task: string, value: number, facts?: Facts): void;
  /** Values so far. */
  readonly size: number;
  /** Values that were there already, with the same number. */
  readonly repeated: number;
  /**
   * Rows by step, tasks as they first came. @throws {UserError} without a value
   */
  build(measure: string, higherIsBetter: boolean): EvaluationLog;
}

/** Growing columns of the values, so that a million of them take few bytes each. */
interface Columns {
  steps: Float64Array;
  tasks: Int32Array;
  training: Int32Array;
  values: Float64Array;
  errors: Float64Array;
  counts: Float64Array;
}

/** @param path for errors */
export function createLogBuilder(path: string): LogBuilder {
  let columns = allocate(1024);
  let size = 0;
  let repeated = 0;
  const indexOf = new Map<string, number>();
  const names: string[] = [];
  const trained = new Map<string, number>();
  const seen = new Map<string, number>();

  const idOf = (name: string, ids: Map<string, number>): number => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    ids.set(name, ids.size);
    return ids.size - 1;
  };

  return {
    get size() {
      return size;
    },
    get repeated() {
      return repeated;
    },
    add(step, task, value, { stderr = NaN, count = NaN, training, where } = {}) {
      const place = where === undefined ? path : `${path}, ${where}`;
      if (!Number.isFinite(step) || step < 0)
        throw new UserError(`${place}: the step is ${step}; steps are numbers from 0 on`);
      if (!indexOf.has(task)) names.push(task);
      const t = idOf(task, indexOf);
      const k = training === undefined ? -1 : idOf(training, trained);
      const key = `${step}/${k}/${t}`;
      const before = seen.get(key);
      if (before !== undefined) {
        if (Object.is(columns.values[before], value)) repeated++;
        else
          throw new UserError(
            `${place}: ${task} has two values at step ${step}: ${columns.values[before]} and ${value}; keep one of them`,
          );
        return;
      }
      seen.set(key, size);
      if (size === columns.steps.length) columns = grown(columns);
      columns.steps[size] = step;
      columns.tasks[size] = t;
      columns.training[size] = k;
      columns.values[size] = value;
      columns.errors[size] = stderr;
      columns.counts[size] = count;
      size++;
    },
    build(measure, higherIsBetter) {
      if (size === 0) throw new UserError(`${path} holds no value of ${measure}; check the file and the metric`);
      return assemble(columns, size, { names, trained: [...trained.keys()], measure, higherIsBetter });
    },
  };
}

function assemble(
  { steps, tasks, training, values, errors, counts }: Columns,
  size: number,
  {
    names,
    trained,
    measure,
    higherIsBetter,
  }: {
    readonly names: readonly string[];
    readonly trained: readonly string[];
    readonly measure: string;
    readonly higherIsBetter: boolean;
  },
): EvaluationLog {
  // Training tasks at one step come in the order in which they first came: the end of one task and the start of the next.
  const order = Int32Array.from({ length: size }, (_, i) => i).toSorted(
    (a, b) => steps[a] - steps[b] || training[a] - training[b] || a - b,
  );
  const rowOf = new Int32Array(size);
  let rows = 0;
  order.forEach((i, at) => {
    const previous = order[at - 1];
    if (at > 0 && (steps[i] !== steps[previous] || training[i] !== training[previous])) rows++;
    rowOf[i] = rows;
  });
  rows++;
  const all = [...new Set([...names, ...trained])];
  const column = (source: Float64Array): Float64Array[] => {
    const made = all.map(() => new Float64Array(rows).fill(NaN));
    for (let i = 0; i < size; i++) made[tasks[i]][rowOf[i]] = source[i];
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
    measure,
    higherIsBetter,
    tasks: all,
    steps: rowSteps,
    trainingTask: rowTraining,
    values: column(values),
    ...(known(errors) && { standardErrors: column(errors) }),
    ...(known(counts) && { counts: column(counts) }),
  };
}

function allocate(length: number): Columns {
  return {
    steps: new Float64Array(length),
    tasks: new Int32Array(length),
    training: new Int32Array(length),
    values: new Float64Array(length),
    errors: new Float64Array(length),
    counts: new Float64Array(length),
  };
}

function grown(columns: Columns): Columns {
  const larger = allocate(2 * columns.steps.length);
  for (const [name, array] of Object.entries(columns) as [keyof Columns, Float64Array][]) larger[name].set(array);
  return larger;
}

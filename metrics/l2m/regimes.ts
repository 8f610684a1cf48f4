import type { Lifetime } from '../../logs/index.ts';

/** A stretch of a lifetime on one task: consecutive rows of one block, of one kind (learning or not, awake or not) and of one task. */
export interface Regime {
  /** Number of the regime in its lifetime, from 0. */
  readonly index: number;
  /** Number of the block that it is of. */
  readonly block: number;
  /** Whether that is a learning block. */
  readonly training: boolean;
  /** Whether the learner was asleep. */
  readonly asleep: boolean;
  /** Name of the task. */
  readonly task: string;
  /** `[rows]`, numbers of the experiences, increasing. */
  readonly experiences: Float64Array;
  /** `[rows]`, a finite number each. */
  readonly values: Float64Array;
}

/**
 * The regimes of a lifetime, in order: runs of rows of one block, kind and task. Experiences without a value are left out before, so that
 * they part nothing and a regime has a row at least. With `agnostic` variants a task's name ends before its first `_`, and what joins
 * through it is one regime.
 *
 * A change of `task_params` alone starts no regime. l2metrics numbers regimes the same way, but in its variant-aware mode it then lists them by
 * parameters, too: where a regime holds several, it warns of a mismatch and reads other rows than it means to. That is not copied.
 *
 * Where any regime is asleep (`block_subtype`), maintenance, transfer and mean performance leave out evaluation regimes awake.
 *
 * Questionable: one learning block asleep, with every evaluation awake, then leaves no evaluation at all.
 *
 * Source: l2logger, commit e73dfacc, `fill_regime_num`.
 *
 * @example
 * const times = Float64Array.of(NaN, NaN, NaN), warnings = [], blocks = [0, 0, 1], experiences = [0, 1, 2], values = [0.2, 0.4, 0.3];
 * const lifetime = { tasks: ['a'], task: [0, 0, 0], training: [1, 1, 0], asleep: [0, 0, 0], blocks, experiences, values, times, warnings };
 * regimesOf(lifetime, 'aware').map(({ training, values }) => [training, values.length]) // [[true, 2], [false, 1]]
 */
export function regimesOf(lifetime: Lifetime, variants: 'aware' | 'agnostic'): Regime[] {
  const { blocks, training, asleep, task, values, experiences } = lifetime;
  const names = variants === 'aware' ? lifetime.tasks : lifetime.tasks.map(baseName);
  const rows = Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]));
  const keyOf = (row: number): string => `${blocks[row]} ${training[row]} ${asleep[row]} ${names[task[row]]}`;
  const starts = rows.flatMap((row, i) => (i === 0 || keyOf(row) !== keyOf(rows[i - 1]) ? [i] : []));
  return starts.map((start, index) => {
    const own = rows.slice(start, starts[index + 1]);
    const [first] = own;
    return {
      index,
      block: blocks[first],
      training: training[first] === 1,
      asleep: asleep[first] === 1,
      task: names[task[first]],
      experiences: Float64Array.from(own, (row) => experiences[row]),
      values: Float64Array.from(own, (row) => values[row]),
    };
  });
}

/** The task that a variant is of: what stands before the first `_`. */
export function baseName(task: string): string {
  return task.split('_', 1)[0];
}

/** The tasks by first appearance. */
export function tasksOf(regimes: readonly Pick<Regime, 'task'>[]): string[] {
  return [...new Set(regimes.map(({ task }) => task))];
}

/** The tasks as l2metrics lists them: in the order of learning, then those that were only evaluated. */
export function tasksByTraining(regimes: readonly Regime[]): string[] {
  return tasksOf([...regimes.filter(({ training }) => training), ...regimes.filter(({ training }) => !training)]);
}

/**
 * The regimes that maintenance, transfer and mean performance look at. **Where any regime is asleep, evaluation blocks that are awake
 * are left out.** Questionable: a single learning block asleep, with every evaluation awake, leaves no evaluation at all.
 */
export function assessedRegimes<R extends Pick<Regime, 'training' | 'asleep'>>(regimes: readonly R[]): R[] {
  if (!regimes.some(({ asleep }) => asleep)) return [...regimes];
  return regimes.filter(({ training, asleep }) => training || asleep);
}

/** The learning regimes of a task while awake, which recovery, relative performance and sample efficiency are measured on. */
export function wakeTraining<R extends Pick<Regime, 'training' | 'asleep' | 'task'>>(
  regimes: readonly R[],
  task: string,
): R[] {
  return regimes.filter((regime) => regime.task === task && regime.training && !regime.asleep);
}

/** The values of several regimes, one after the other. */
export function concatenated(regimes: readonly Regime[]): Float64Array {
  return Float64Array.from(regimes.flatMap(({ values }) => Array.from(values)));
}

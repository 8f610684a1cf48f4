import { UserError } from '../../base/index.ts';
import type { Lifetime } from '../../logs/index.ts';
import type { DataRange, LifetimeOptions } from './options.ts';
import { clampValues, normalizeValues, quantileRange, rangeOf } from './ranges.ts';
import { baseName, concatenated, regimesOf, tasksByTraining, tasksOf, type Regime } from './regimes.ts';
import { smooth } from './smoothing.ts';

/** A lifetime and its single-task experts, ready to be measured. */
export interface PreparedLifetime {
  readonly regimes: readonly Regime[];
  /** Of each task of the lifetime, the training curves of its experts, in the order given; none where there is no expert. */
  readonly experts: ReadonlyMap<string, readonly Float64Array[]>;
  /** By task, the range that was normalised by; null without normalisation. */
  readonly dataRange: Readonly<Record<string, DataRange>> | null;
  readonly warnings: readonly string[];
}

/**
 * What l2metrics does before it measures, in this order, on the lifetime and on its experts alike; every step has an option.
 *
 * 1. **Regimes** (`regimesOf`): runs of rows of one block, kind and task. Rows without a value are left out. `variants: 'agnostic'` cuts names of
 *    tasks at the first `_`.
 * 2. **Smoothing** (`smooth`): a learning regime, and the training of an expert, becomes its moving average over a fifth of the regime, 100
 *    experiences at most; below 3 none. `smoothing` sets the shape of the window or leaves it out, `windowLength` its length;
 *    `smoothEvaluation` smooths evaluations, too.
 * 3. **Clamping** (`clampOutliers`, off): to the 10 % and 90 % quantiles of the task's values, or to `dataRange`.
 * 4. **Normalisation** (`normalization`): x becomes 1 + 100 (x − min) / (max − min), so that ratios of performances have no 0 below them; min and
 *    max are of the task's rows in learning _and_ evaluation blocks and of its experts' training (`task`), of those of all tasks (`run`), or it is
 *    left out (`none`). `dataRange` sets them instead.
 *
 * Questionable: ranges are of this lifetime's own data, so that without a `dataRange` two learners are on two scales, and the experts that
 * happen to be there move the scale, too.
 *
 * Source: l2metrics, commit 5df07316, `report.py` and docs/data_preprocessing.md.
 *
 * @throws {UserError} for a lifetime without a single value, an expert that trained on no task or on several, and a data range that
 * lacks a task
 */
export function prepare(lifetime: Lifetime, experts: readonly Lifetime[], options: LifetimeOptions): PreparedLifetime {
  const raw = regimesOf(lifetime, options.variants);
  if (raw.length === 0)
    throw new UserError(`${lifetime.name} holds no value of ${lifetime.measure}; nothing to measure`);
  const tasks = tasksByTraining(raw);
  const smoothed = raw.map((regime) => smoothRegime(regime, options));
  const curves = expertCurves(tasks, experts, options);
  const given = options.dataRange && mergeRanges(options.dataRange, options.variants);

  const clamp = new Map<string, DataRange>();
  if (options.clampOutliers)
    for (const task of tasks)
      clamp.set(task, given ? rangeOfTask(given, task) : quantileRange(valuesOf(task, smoothed, curves)));
  const clamped = smoothed.map((regime) => withValues(regime, clampValues(regime.values, clamp.get(regime.task))));
  const clampedCurves = mapCurves(curves, (values, task) => clampValues(values, clamp.get(task)));
  if (options.normalization === 'none')
    return { regimes: clamped, experts: clampedCurves, dataRange: null, warnings: [] };

  const ranges = Object.fromEntries(
    tasks.map((task) => [task, given ? rangeOfTask(given, task) : rangeOf(valuesOf(task, clamped, clampedCurves))]),
  );
  const dataRange = given ?? ranges;
  const run = rangeOf(Object.values(dataRange).flatMap(({ min, max }) => [min, max]));
  const rangeFor = (task: string): DataRange => (options.normalization === 'task' ? ranges[task] : run);
  const constant = tasks.filter((task) => rangeFor(task).min === rangeFor(task).max);
  return {
    regimes: clamped.map((regime) => withValues(regime, normalizeValues(regime.values, rangeFor(regime.task)))),
    experts: mapCurves(clampedCurves, (values, task) => normalizeValues(values, rangeFor(task))),
    dataRange,
    warnings: constant.map((task) => `${task}: all values are ${rangeFor(task).min}, so they are normalised to 1`),
  };
}

function smoothRegime(regime: Regime, { smoothing, windowLength, smoothEvaluation }: LifetimeOptions): Regime {
  if (smoothing === 'none' || !(regime.training || smoothEvaluation)) return regime;
  return withValues(regime, smooth(regime.values, smoothing, windowLength));
}

function withValues(regime: Regime, values: Float64Array): Regime {
  return { ...regime, values };
}

/**
 * By task, the smoothed training curves of its experts. An expert belongs to the task of its name, or, where none is of that name, to
 * the task that it is a variant of.
 *
 * Of variant-agnostic experts l2metrics takes every one whose name *starts* with the task's, so that `task1` also gets those of
 * `task10_1`. That is not copied, nor that it lists the runs from the last stored to the first.
 */
function expertCurves(
  tasks: readonly string[],
  experts: readonly Lifetime[],
  options: LifetimeOptions,
): Map<string, readonly Float64Array[]> {
  const runs = experts.map((expert) => {
    const training = regimesOf(expert, 'aware').filter((regime) => regime.training);
    const trained = tasksOf(training);
    if (trained.length !== 1) {
      const found = trained.length === 0 ? 'none' : trained.join(', ');
      throw new UserError(`${expert.name}: a single-task expert must have learnt one task, found: ${found}`);
    }
    // Training blocks of experts are always smoothed.
    return { task: trained[0], curve: concatenated(training.map((regime) => smoothRegime(regime, options))) };
  });
  return new Map(
    tasks.map((task) => {
      const own = runs.filter((run) => run.task === task);
      const chosen = own.length > 0 ? own : runs.filter((run) => baseName(run.task) === task);
      return [task, chosen.map(({ curve }) => curve)];
    }),
  );
}

function mapCurves(
  curves: ReadonlyMap<string, readonly Float64Array[]>,
  change: (values: Float64Array, task: string) => Float64Array,
): Map<string, readonly Float64Array[]> {
  return new Map(Array.from(curves, ([task, runs]) => [task, runs.map((values) => change(values, task))]));
}

function valuesOf(
  task: string,
  regimes: readonly Regime[],
  experts: ReadonlyMap<string, readonly Float64Array[]>,
): Float64Array {
  const own = concatenated(regimes.filter((regime) => regime.task === task));
  return Float64Array.from([own, ...(experts.get(task) ?? [])].flatMap((values) => Array.from(values)));
}

/** Given ranges under the names that tasks have here: lower case, and for agnostic variants the hull of a task's variants. */
function mergeRanges(
  given: Readonly<Record<string, DataRange>>,
  variants: LifetimeOptions['variants'],
): Record<string, DataRange> {
  const merged: Record<string, DataRange> = {};
  for (const [name, { min, max }] of Object.entries(given)) {
    const task = variants === 'aware' ? name.toLowerCase() : baseName(name.toLowerCase());
    const before = merged[task] ?? { min: Infinity, max: -Infinity };
    merged[task] = { min: Math.min(before.min, min), max: Math.max(before.max, max) };
  }
  return merged;
}

function rangeOfTask(ranges: Readonly<Record<string, DataRange>>, task: string): DataRange {
  const found = Object.hasOwn(ranges, task) ? ranges[task] : undefined;
  if (found === undefined) {
    const known = Object.keys(ranges).toSorted().join(', ') || 'none';
    throw new UserError(`dataRange has no range for task ${task} (there: ${known}); add its min and max`);
  }
  return found;
}

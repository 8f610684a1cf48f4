import type { EvaluationLog } from '../../logs/index.ts';
import { segmentsOf } from '../segments.ts';

/** Where the error of values is known from: given with them, from the number of items, or from how much neighbouring values differ. */
export type NoiseSource = 'given' | 'binomial' | 'fluctuation';

/** How far the values of one task are off by chance. */
export interface Noise {
  /** Null where nothing tells. */
  readonly source: NoiseSource | null;
  /** The standard error of the value in a row, in the unit of the log; null where it is not known. */
  errorAt(row: number): number | null;
}

/** Differences of neighbouring values that a spread can be read from. */
const fewestDifferences = 8;

/**
 * The noise of a task's values: the standard errors that the log gives; else, for shares of items, the binomial error √(p(1 − p)/n) with
 * p = (n·value + ½)/(n + 1), which is not 0 at 0 and 1; and at least what neighbouring values differ by, 1.4826·median|Δ|/√2 over the differences Δ
 * within stretches of training on one task, where there are 8 or more of them.
 *
 * The error of sampled items does not show where every evaluation has the same items, and the fluctuation of the model is no part of it: the
 * larger of both is the careful choice. It makes the detector miss shallow dips rather than report none that are there.
 *
 * Source: the median of differences as in Hall, Kay & Titterington 1990, Biometrika 77; (n·p + ½)/(n + 1) is Jeffreys's mean.
 */
export function noiseOf(log: EvaluationLog, task: number): Noise {
  const values = log.values[task];
  const given = log.standardErrors?.[task];
  const counts = log.counts?.[task];
  const shares = isShare(log);
  const floor = fluctuation(log, task);
  const sampled = (row: number): number | null => {
    if (given && !Number.isNaN(given[row])) return given[row];
    if (!shares || !counts || Number.isNaN(counts[row])) return null;
    const p = (counts[row] * values[row] + 0.5) / (counts[row] + 1);
    return Math.sqrt((p * (1 - p)) / counts[row]);
  };
  return {
    source: sourceOf(values, { given, counts: shares ? counts : undefined, floor }),
    errorAt(row) {
      const error = sampled(row);
      if (error === null) return floor;
      return floor === null ? error : Math.max(error, floor);
    },
  };
}

function sourceOf(
  values: Float64Array,
  {
    given,
    counts,
    floor,
  }: { readonly given?: Float64Array; readonly counts?: Float64Array; readonly floor: number | null },
): NoiseSource | null {
  const knows = (array?: Float64Array): boolean =>
    array !== undefined && values.some((value, row) => !Number.isNaN(value) && !Number.isNaN(array[row]));
  if (knows(given)) return 'given';
  if (knows(counts)) return 'binomial';
  return floor === null ? null : 'fluctuation';
}

/** Whether values can be shares of right answers. */
function isShare({ higherIsBetter, values }: EvaluationLog): boolean {
  return (
    higherIsBetter && values.every((each) => each.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1)))
  );
}

/** How much neighbouring values differ; null where there are too few, or where most do not differ at all. */
function fluctuation(log: EvaluationLog, task: number): number | null {
  const values = log.values[task];
  const sizes: number[] = [];
  for (const { start, end } of segmentsOf(log)) {
    let previous = NaN;
    for (let row = start; row < end; row++) {
      if (Number.isNaN(values[row])) continue;
      if (!Number.isNaN(previous)) sizes.push(Math.abs(values[row] - previous));
      previous = values[row];
    }
  }
  if (sizes.length < fewestDifferences) return null;
  const sorted = Float64Array.from(sizes).toSorted();
  const half = sorted.length / 2;
  const median = (sorted[Math.floor(half)] + sorted[Math.ceil(half) - 1]) / 2;
  return median === 0 ? null : (1.4826 * median) / Math.SQRT2;
}

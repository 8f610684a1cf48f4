import type { EvaluationLog } from '../../logs/index.ts';
import type { PairedError } from '../events/courses.ts';

/** The error of a difference, and where it is known from. */
export interface DifferenceError {
  readonly error: number | null;
  readonly paired: boolean;
}

/**
 * The standard error of the difference between two rows of a task: that of paired items; else √(e₁² + e₂²) of the standard errors that the log gives,
 * or of binomial ones where values are shares of items, with (n·value + ½)/(n + 1) for the share, so that none is 0.
 */
export function differenceError(
  log: EvaluationLog,
  task: number,
  [row, other]: readonly [number, number],
  paired?: PairedError,
): DifferenceError {
  const own = paired?.(task, row, other) ?? null;
  if (own !== null) return { error: own, paired: true };
  const [a, b] = [valueError(log, task, row), valueError(log, task, other)];
  return { error: a === null || b === null ? null : Math.hypot(a, b), paired: false };
}

function valueError({ values, standardErrors, counts, higherIsBetter }: EvaluationLog, task: number, row: number) {
  const given = standardErrors?.[task][row] ?? NaN;
  if (given > 0) return given;
  const n = counts?.[task][row] ?? NaN;
  const value = values[task][row];
  if (!higherIsBetter || !(n > 0) || !(value >= 0 && value <= 1)) return null;
  const share = (n * value + 0.5) / (n + 1);
  return Math.sqrt((share * (1 - share)) / n);
}

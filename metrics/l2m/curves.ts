import { smooth } from './smoothing.ts';

/** The highest point of a curve, and where it is. */
export interface Saturation {
  /** The maximum of the smoothed curve. */
  readonly value: number;
  /** Experiences before it: the index at which it is first reached. */
  readonly experiences: number;
}

/**
 * Where a curve saturates: the maximum of its moving average (a flat window, of a fifth of the curve, 100 at most) and the first index that has
 * it.
 *
 * Questionable: preprocessing has smoothed the curve before, whatever `smoothing` says this window is always the same, and the index hangs on
 * the last digit where a curve is level at its top.
 *
 * Unit: that of the curve, and experiences.
 *
 * Source: l2metrics, commit 5df07316, `get_block_saturation_perf`.
 *
 * @param curve one value at least
 * @example saturationOf(Float64Array.of(1, 5, 4, 5)) // { value: 5, experiences: 1 }, too short to be smoothed
 */
export function saturationOf(curve: Float64Array): Saturation {
  const smoothed = smooth(curve, 'flat', null);
  const value = smoothed.reduce((greatest, each) => Math.max(greatest, each), -Infinity);
  return { value, experiences: smoothed.indexOf(value) };
}

/**
 * Terminal performance (T): the mean of the last tenth of a learning regime, values from index ⌊0.9 n⌋ on, and of all of an evaluation regime.
 *
 * Unit: that of the performance.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `get_terminal_perf`.
 *
 * @param values one at least
 * @param training whether it is a learning regime
 * @example
 * terminalPerformance(Float64Array.from({ length: 20 }, (_, i) => i + 1), true) // (19 + 20) / 2 = 19.5
 * terminalPerformance(Float64Array.of(1, 2, 6), false) // 3
 */
export function terminalPerformance(values: Float64Array, training: boolean): number {
  return mean(training ? values.subarray(Math.trunc(0.9 * values.length)) : values);
}

/** Experiences to the middle of what `terminalPerformance` averages: ⌊0.95 n⌋ in a learning regime, ⌊0.5 n⌋ in an evaluation regime. */
export function experiencesToTerminal(count: number, training: boolean): number {
  return Math.trunc((training ? 0.95 : 0.5) * count);
}

/** The mean of one value or more. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

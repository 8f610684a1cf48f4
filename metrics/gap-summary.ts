import { meanOfDefined } from './mean.ts';
import type { Gap } from './stability-gap.ts';

/**
 * **Gap depth:** the mean depth over all pairs of an earlier task and a switch, those without a gap included. It may be negative, where old
 * tasks gained at the switches. Null without pairs.
 *
 *     1/N Σ (reference − minimum)
 *
 * Unit: that of the log, for accuracy in [−1, 1]; lower is better.
 *
 * Source: own definition, of the depth of Łapacz et al. 2025 (arXiv:2411.04723); `lapaczScores` has their means.
 *
 * @example meanGapDepth([0.4, 0.2, 0].map((depth) => ({ depth }))) // (0.4 + 0.2 + 0) / 3 = 0.2
 */
export function meanGapDepth(gaps: readonly Gap[]): number | null {
  return meanOfDefined(gaps.map((gap) => gap.depth));
}

/**
 * **Relative depth:** the mean of depth / reference over the pairs whose reference is not 0. Null without such pairs.
 *
 * Unit: a share of the reference, at most 1; lower is better.
 *
 * Source: own definition.
 *
 * @example meanRelativeDepth([0.45 / 0.9, 0.2 / 0.8, null].map((relativeDepth) => ({ relativeDepth }))) // (0.5 + 0.25) / 2 = 0.375
 */
export function meanRelativeDepth(gaps: readonly Gap[]): number | null {
  return meanOfDefined(gaps.map((gap) => gap.relativeDepth));
}

/** How long the gaps of a log took to close. */
export interface RecoverySummary {
  /** Mean over the gaps that closed, in updates from the switch; null if none did. */
  readonly mean: number | null;
  /** How many gaps closed. */
  readonly recovered: number;
  /** How many gaps were still open at the next switch or at the end. */
  readonly censored: number;
}

/**
 * **Recovery:** the mean recovery time over the gaps that closed. A method whose gaps never close has no mean, and one whose worst gaps stay
 * open has a flattering one: read it beside `censored`.
 *
 * Unit: updates, above 0; lower is better.
 *
 * Source: own definition.
 *
 * @example
 * const gaps = [10, 30, null].map((recoveryTime) => ({ recoveryTime, censored: recoveryTime === null }));
 * meanRecoveryTime(gaps) // { mean: 20, recovered: 2, censored: 1 }
 */
export function meanRecoveryTime(gaps: readonly Gap[]): RecoverySummary {
  const times = gaps.map((gap) => gap.recoveryTime).filter((time) => time !== null);
  return {
    mean: meanOfDefined(times),
    recovered: times.length,
    censored: gaps.filter((gap) => gap.censored).length,
  };
}

/**
 * **Gap area:** the mean area over all pairs of an earlier task and a switch. It grows with the number of updates a task is trained for, so
 * compare runs of one length. Null without pairs.
 *
 * Unit: that of the log × updates, 0 or above; lower is better.
 *
 * Source: own definition.
 *
 * @example meanGapArea([3, 1, 0].map((area) => ({ area }))) // (3 + 1 + 0) / 3 = 4 / 3
 */
export function meanGapArea(gaps: readonly Gap[]): number | null {
  return meanOfDefined(gaps.map((gap) => gap.area));
}

import { meanOfDefined } from './mean.ts';
import type { Gap } from './stability-gap.ts';

/**
 * The mean depth over all pairs of an earlier task and a later switch, those without a gap included: 1/N Σ (reference - minimum).
 * Unit: that of the log, for accuracy in [-1, 1]; lower is better. Null without pairs.
 *
 * @example Depths .4, .2 and 0 give .2
 */
export function meanGapDepth(gaps: readonly Gap[]): number | null {
  return meanOfDefined(gaps.map((gap) => gap.depth));
}

/**
 * The mean of depth / reference over the pairs whose reference is not 0. Unit: a share of the reference, at most 1; lower is
 * better. Null without such pairs.
 *
 * @example .9 falls to .45 and .8 to .6: (.5 + .25) / 2 = .375
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
 * The mean recovery time over the gaps that closed. Unit: updates, above 0; lower is better. A method whose gaps never close has no
 * mean, and one whose worst gaps stay open has a flattering one: read it beside `censored`.
 *
 * @example Two gaps closed after 10 and 30 updates, one never: mean 20, recovered 2, censored 1
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
 * The mean area over all pairs of an earlier task and a later switch. Unit: that of the log x updates, 0 or above; lower is better.
 * Grows with the number of updates a task is trained for. Null without pairs.
 *
 * @example Areas 3, 1 and 0 give 4/3
 */
export function meanGapArea(gaps: readonly Gap[]): number | null {
  return meanOfDefined(gaps.map((gap) => gap.area));
}

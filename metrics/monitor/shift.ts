import { meanAndStandardError } from '../stats/standard-error.ts';
import { wilcoxonSignedRank } from '../stats/wilcoxon.ts';

/** One value a problem. */
export type ByProblem = ReadonlyMap<string | number, number>;

/** How values changed from one round to another, over the problems that both have. */
export interface Shift {
  /** Problems in both. */
  readonly n: number;
  /** Mean of after − before; null without problems. */
  readonly mean: number | null;
  /** Over problems; null for fewer than two. */
  readonly standardError: number | null;
  /** One-sided p-values of Wilcoxon's signed-rank test that values rose, or fell; null without problems. */
  readonly rose: number | null;
  readonly fell: number | null;
}

/** Differences of shares are rounded to here, so that equal ones are ties. */
const digits = 1e12;

/**
 * The change of a value by problem between two rounds. The test is Wilcoxon's signed-rank test on the differences, those of 0 left out: exact for up to 50 of them, so that
 * it holds for few problems and for differences that are mostly 0, and for shares of 0 and 1 it is the sign test.
 *
 * Unit: that of the values. With fewer than 5 differences other than 0 no p is below .05.
 *
 * @throws {RangeError} on NaN or an infinite value
 * @example shiftOf(new Map([['a', 0], ['b', 1]]), new Map([['a', 1], ['b', 1]])) // { n: 2, mean: 0.5, standardError: 0.5, rose: 0.5, fell: 1 }
 */
export function shiftOf(before: ByProblem, after: ByProblem): Shift {
  const differences: number[] = [];
  for (const [problem, value] of after) {
    const earlier = before.get(problem);
    if (earlier !== undefined) differences.push(Math.round((value - earlier) * digits) / digits);
  }
  const { mean, standardError, n } = meanAndStandardError(differences);
  const p = (alternative: 'greater' | 'less'): number | null =>
    wilcoxonSignedRank(differences, { alternative })?.p ?? null;
  return { n, mean, standardError, rose: p('greater'), fell: p('less') };
}

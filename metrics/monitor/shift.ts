import { holm } from '../stats/holm.ts';
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
 * The change of a value by problem between two rounds. The test is Wilcoxon's signed-rank test on the differences, those of 0 left out: exact for up
 * to 50 of them, so that it holds for few problems and for differences that are mostly 0, and for shares of 0 and 1 it is the sign test.
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

export interface SinceBase {
  readonly round: number;
  /** Mean change since the first round, over the problems that both have; null where they have none in common. */
  readonly change: number | null;
  /** One-sided, adjusted by Holm over the rounds. */
  readonly p: number | null;
}

/**
 * The change of a value by problem from the first round to each later one, tested one-sided by {@link shiftOf}.
 *
 * @param direction which change is looked for
 * @example changesSinceBase([{ round: 0, values }, { round: 1, values: higher }], 'rose')
 */
export function changesSinceBase(
  rounds: readonly { readonly round: number; readonly values: ByProblem }[],
  direction: 'rose' | 'fell',
): SinceBase[] {
  if (rounds.length === 0) return [];
  const [base, ...later] = rounds;
  const shifts = later.map(({ values }) => shiftOf(base.values, values));
  const adjusted = holm(shifts.flatMap((shift) => shift[direction] ?? []));
  let next = 0;
  return later.map(({ round }, i) => ({
    round,
    change: shifts[i].mean,
    p: shifts[i][direction] === null ? null : adjusted[next++],
  }));
}

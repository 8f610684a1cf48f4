import { requireInside } from '../stats/require.ts';
import { meanAndStandardError, type MeanAndStandardError } from '../stats/standard-error.ts';
import { majorityOf, type Vote } from './majority.ts';

export interface Sharpening {
  /** Queries with an answer. */
  readonly queries: number;
  readonly delta: number;
  /** Mean over queries of m, the share of the votes that the majority answer has. */
  readonly mass: MeanAndStandardError;
  /** Mean answer entropy in nats. */
  readonly entropy: MeanAndStandardError;
  /** Share of queries with m ≥ 1 − δ. */
  readonly sharpened: MeanAndStandardError;
  /** Share of queries whose majority is right. */
  readonly majorityRight: MeanAndStandardError;
  /** majorityRight − the share of right answers: what a vote adds to one sample. */
  readonly voteGain: MeanAndStandardError;
  /** Share of all queries with m ≥ 1 − δ and a right majority, and with a wrong one: confident errors. The two add up to `sharpened`. */
  readonly sharpenedRight: MeanAndStandardError;
  readonly sharpenedWrong: MeanAndStandardError;
  /** Mean m of the queries whose majority is right, and is wrong; null where there are none. */
  readonly massRight: number | null;
  readonly massWrong: number | null;
}

/**
 * How far a model has settled on one answer to each query, and whether on the right one. m = max_a count(a) / n stands in for the probability of the
 * most likely answer.
 *
 * A query is (1 − δ)-sharpened where m ≥ 1 − δ; training that only sharpens raises that share without adding abilities, and on queries with a wrong
 * majority it makes errors certain.
 *
 * Source: Huang et al. 2024 (arXiv:2412.01951) for sharpening; the split is an own addition. A majority that ties counts as right by the share of
 * right answers in it. Answers that are not known do not vote, and queries without a vote are left out; null if none is left. m and entropy depend on
 * n: compare equal numbers of answers.
 *
 * @throws {RangeError} unless 0 < δ < 1
 * @example two queries of 4, δ = .1: answers a a a a, wrong; b b b c, b right: mass .875, sharpened .5, all of it wrong
 */
export function sharpening(queries: readonly (readonly Vote[])[], delta = 0.1): Sharpening | null {
  requireInside(delta, 'δ');
  const settled = queries.flatMap((votes) => {
    const majority = majorityOf(votes);
    if (majority === null) return [];
    const right = votes.filter(({ correct }) => correct).length / votes.length;
    return [{ ...majority, single: right, sharp: majority.mass >= 1 - delta - 1e-12 ? 1 : 0 }];
  });
  if (settled.length === 0) return null;
  const mean = (of: (query: (typeof settled)[number]) => number): MeanAndStandardError =>
    meanAndStandardError(settled.map(of));
  const massOf = (weight: (query: (typeof settled)[number]) => number): number | null => {
    const total = settled.reduce((sum, query) => sum + weight(query), 0);
    return total === 0 ? null : settled.reduce((sum, query) => sum + weight(query) * query.mass, 0) / total;
  };
  return {
    queries: settled.length,
    delta,
    mass: mean(({ mass }) => mass),
    entropy: mean(({ entropy }) => entropy),
    sharpened: mean(({ sharp }) => sharp),
    majorityRight: mean(({ right }) => right),
    voteGain: mean(({ right, single }) => right - single),
    sharpenedRight: mean(({ sharp, right }) => sharp * right),
    sharpenedWrong: mean(({ sharp, right }) => sharp * (1 - right)),
    massRight: massOf(({ right }) => right),
    massWrong: massOf(({ right }) => 1 - right),
  };
}

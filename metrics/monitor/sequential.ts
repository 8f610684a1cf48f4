import { meanAndStandardError, type MeanAndStandardError } from '../stats/standard-error.ts';
import { requireCount } from '../stats/require.ts';
import { majorityOf, type Vote } from './majority.ts';

/** The answers of one chain, in the order of its turns. */
export type Chain = readonly Vote[];

export interface SequentialImprovement {
  /** Answers that both sides may use: k parallel ones, or k turns. */
  readonly k: number;
  /** m1@t1: the share of right first answers. */
  readonly first: MeanAndStandardError;
  /** mk@t1: majority over the first answers of k chains. Null where a problem has fewer chains. */
  readonly parallel: MeanAndStandardError | null;
  /** m1@tk: majority over the first k turns of one chain. Null where a chain has fewer. */
  readonly sequential: MeanAndStandardError | null;
  /** p1@tk: any of the first k turns is right, which only an oracle can tell. Null where a chain has fewer. */
  readonly oracle: MeanAndStandardError | null;
  /** m1@tk − mk@t1, its error from the differences by problem. */
  readonly gain: MeanAndStandardError | null;
}

/**
 * Whether it pays to answer again: the same number of answers, once in parallel and once in turn, each decided by majority. Means over problems; of a
 * problem with several chains the mean of its chains. Of more than k chains the first k vote.
 *
 * Source: Qu et al. 2024, RISE (arXiv:2407.18219), whose k is 5. Shares, in [0, 1], the gain in [−1, 1]; higher is better. A majority that ties is
 * right by the share of its right answers; without any answer it is wrong. Null without problems, or if one has no chain.
 *
 * @param problems `[problems][chains][turns]`
 * @param k whole number of at least 1
 * @throws {RangeError} for another k
 * @example one problem, k = 3, its chains' first answers right, wrong a, wrong a: m3@t1 = 0; turns of the first chain right, right, wrong: 1
 */
export function sequentialImprovement(
  problems: readonly (readonly Chain[])[],
  k: number,
): SequentialImprovement | null {
  requireCount(k, 'k', 1);
  if (problems.length === 0 || problems.some((chains) => chains.length === 0 || chains.some(isEmpty))) return null;
  const overProblems = (score: (chains: readonly Chain[]) => number): MeanAndStandardError =>
    meanAndStandardError(problems.map(score));
  const overChains = (score: (chain: Chain) => number) => (chains: readonly Chain[]) =>
    chains.reduce((sum, chain) => sum + score(chain), 0) / chains.length;
  const wide = problems.every((chains) => chains.length >= k);
  const long = problems.every((chains) => chains.every((chain) => chain.length >= k));
  const inParallel = (chains: readonly Chain[]): number => decided(chains.slice(0, k).map(([first]) => first));
  const inTurn = overChains((chain) => decided(chain.slice(0, k)));
  return {
    k,
    first: overProblems(overChains(([first]) => Number(first.correct))),
    parallel: wide ? overProblems(inParallel) : null,
    sequential: long ? overProblems(inTurn) : null,
    oracle: long ? overProblems(overChains((chain) => Number(chain.slice(0, k).some(({ correct }) => correct)))) : null,
    gain: wide && long ? overProblems((chains) => inTurn(chains) - inParallel(chains)) : null,
  };
}

function isEmpty(chain: Chain): boolean {
  return chain.length === 0;
}

/** How right the majority is. */
function decided(votes: readonly Vote[]): number {
  return majorityOf(votes)?.right ?? 0;
}

import { rankOf } from './ranks.ts';

/** U₁, the pairs of one value of each sample in which the first is the greater, equal ones counting ½; and the ranks it came from. */
export function pairsGreater(
  first: readonly number[],
  second: readonly number[],
): { u1: number; rankSum: number; ranks: readonly number[]; ties: number } {
  const { ranks, ties } = rankOf([...first, ...second]);
  const rankSum = ranks.slice(0, first.length).reduce((sum, rank) => sum + rank, 0);
  return { u1: rankSum - (first.length * (first.length + 1)) / 2, rankSum, ranks, ties };
}

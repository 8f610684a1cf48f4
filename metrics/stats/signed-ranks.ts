import { rankOf } from './ranks.ts';
import { requireFinite } from './require.ts';

/** What to do with differences of zero, see {@link wilcoxonSignedRank}. */
export type ZeroHandling = 'wilcox' | 'pratt' | 'zsplit';

export interface SignedRanks {
  /** Sums of the ranks of positive and of negative differences. */
  readonly plus: number;
  readonly minus: number;
  /** Ranks of the differences other than zero. */
  readonly signed: readonly number[];
  /** Ranks of the zeros; none with `wilcox`, which leaves them out before ranking. */
  readonly ofZeros: readonly number[];
}

/** Ranks the sizes of differences and sums the ranks by sign. @throws {RangeError} on NaN or an infinite value */
export function signedRanks(differences: readonly number[], zeros: ZeroHandling): SignedRanks {
  requireFinite(differences, 'differences');
  const kept = zeros === 'wilcox' ? differences.filter((difference) => difference !== 0) : differences;
  const { ranks } = rankOf(kept.map(Math.abs));
  const where = (sign: number): number[] => ranks.filter((_, i) => Math.sign(kept[i]) === sign);
  return {
    plus: sumOf(where(1)),
    minus: sumOf(where(-1)),
    signed: ranks.filter((_, i) => kept[i] !== 0),
    // Of −0 too, whose sign is −0.
    ofZeros: ranks.filter((_, i) => kept[i] === 0),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

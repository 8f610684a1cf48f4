import { pOfTails, type Alternative } from './alternative.ts';
import { normalTail } from './distributions/normal.ts';
import { signedRankTails } from './signed-rank-distribution.ts';
import { signedRanks, type ZeroHandling } from './signed-ranks.ts';

export interface WilcoxonOptions {
  /** See {@link wilcoxonSignedRank}; `wilcox` unless given. */
  readonly zeros?: ZeroHandling;
  /** `two-sided` unless given. `greater`: the differences tend to be positive. */
  readonly alternative?: Alternative;
  /** `auto` unless given: `exact` for up to 50 differences other than zero, else `normal`. */
  readonly method?: 'auto' | 'exact' | 'normal';
  /** Whether the normal approximation takes ½ off the distance from the mean. Not unless given, as in scipy; R does. */
  readonly continuity?: boolean;
}

export interface Wilcoxon {
  /** Sum of the ranks of positive differences. scipy reports the smaller of the two when it tests two-sided. */
  readonly wPlus: number;
  /** Sum of the ranks of negative differences. */
  readonly wMinus: number;
  /** How many differences were not zero. */
  readonly n: number;
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/** Up to here `auto` is exact: the distribution then is a sum of multiples of 2⁻⁵⁰, which doubles hold without rounding. */
const exactUpTo = 50;

/**
 * Wilcoxon's signed-rank test that differences of pairs are symmetric about 0. Ranks |difference|, and sums the ranks of the positive
 * (W₊) and of the negative (W₋) differences. Zeros: `wilcox` drops them before ranking; `pratt` ranks them and then drops them;
 * `zsplit` ranks them and gives half of their ranks to each side.
 *
 * The exact distribution is that of all 2ⁿ signs of the ranks at hand, mean ranks of ties and what zeros left included. The normal
 * approximation has mean Σr/2 and variance Σr²/4 over the ranks kept (with `zsplit` those of zeros too): that is the usual formula
 * n(n+1)(2n+1)/24 − Σ(t³−t)/48 with its corrections for ties and zeros.
 *
 * Source: Wilcoxon 1945, Biometrics Bulletin 1; Pratt 1959, JASA 54. Unit: ranks; p in [0, 1]. Null without pairs; p = 1 if all
 * differences are 0. Five pairs cannot give a two-sided p below .0625: see {@link significanceWarning}. Where there are ties or zeros scipy may
 * take the normal approximation; `method: 'normal'` is that.
 *
 * @param differences of pairs, see {@link pairedDifferences}, which also tells why to round them
 * @throws {RangeError} on NaN or an infinite value
 * @example wilcoxonSignedRank([1, 2, 3, 4, 5]) // { wPlus: 15, wMinus: 0, n: 5, p: 0.0625, method: 'exact' }
 */
export function wilcoxonSignedRank(differences: readonly number[], options: WilcoxonOptions = {}): Wilcoxon | null {
  const { zeros = 'wilcox', alternative = 'two-sided', method = 'auto', continuity = false } = options;
  if (differences.length === 0) return null;
  const { plus, minus, signed, ofZeros } = signedRanks(differences, zeros);
  const half = zeros === 'zsplit' ? ofZeros.reduce((sum, rank) => sum + rank, 0) / 2 : 0;
  const n = signed.length;
  const exact = method === 'exact' || (method === 'auto' && n <= exactUpTo);
  const { lower, upper } = exact
    ? signedRankTails(signed, plus)
    : normalTails(plus + half, zeros === 'zsplit' ? [...signed, ...ofZeros] : signed, continuity ? 0.5 : 0);
  const p = pOfTails(lower, upper, alternative);
  return { wPlus: plus + half, wMinus: minus + half, n, p, method: exact ? 'exact' : 'normal' };
}

function normalTails(w: number, ranks: readonly number[], correction: number): { lower: number; upper: number } {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + rank ** 2, 0)) / 2;
  if (deviation === 0) return { lower: 1, upper: 1 };
  return {
    lower: normalTail((mean - w - correction) / deviation),
    upper: normalTail((w - mean - correction) / deviation),
  };
}

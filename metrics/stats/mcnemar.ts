import { binomialCdf } from './distributions/binomial.ts';
import { chiSquareTail } from './distributions/chi-square.ts';
import { requireCount } from './require.ts';

export interface McNemar {
  /** max(0, |b − c| − 1)² / (b + c), 0 for b + c = 0. */
  readonly chiSquare: number;
  readonly p: number;
  readonly method: 'exact' | 'chi-square';
}

/**
 * McNemar's test that two models are right equally often on the same samples, from the samples on which just one of them is:
 * b of the first only, c of the second only. `exact`, two-sided: min(1, 2 P(X ≤ min(b, c))) for X binomial with b + c trials of ½.
 * `chi-square`: max(0, |b − c| − 1)² / (b + c) with 1 degree of freedom, the correction for continuity included.
 *
 * Source: McNemar 1947, Psychometrika 12; Edwards 1948, Psychometrika 13, for the correction. Symmetric in b and c; p in [0, 1], and 1
 * for b = c, b + c = 0 included.
 *
 * @param onlyFirst b, samples
 * @param onlySecond c, samples
 * @throws {RangeError} unless both are whole numbers of at least 0
 * @example mcNemar(8, 2) // { chiSquare: 2.5, p: 0.109375, method: 'exact' }
 */
export function mcNemar(onlyFirst: number, onlySecond: number, method: McNemar['method'] = 'exact'): McNemar {
  requireCount(onlyFirst, 'the number of samples that only the first got right');
  requireCount(onlySecond, 'the number of samples that only the second got right');
  const n = onlyFirst + onlySecond;
  const chiSquare = n === 0 ? 0 : Math.max(0, Math.abs(onlyFirst - onlySecond) - 1) ** 2 / n;
  const exact = Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), n, 0.5));
  return { chiSquare, p: method === 'exact' ? exact : chiSquareTail(chiSquare, 1), method };
}

import { meanAndStandardError, type MeanAndStandardError } from '../stats/standard-error.ts';
import { requireCount } from '../stats/require.ts';

/** A sampled solution: two with the same equations, or the same text, count as one. */
export interface Solution {
  readonly correct: boolean;
  readonly solution: string | number;
}

/**
 * Different right solutions among those given.
 *
 * @example right a, right a, right b, wrong c: 2
 */
export function uniqueCorrect(solutions: readonly Solution[]): number {
  const seen = new Set<string | number>();
  for (const { correct, solution } of solutions) if (correct) seen.add(solution);
  return seen.size;
}

/**
 * Pass@K-S: the share of queries with at least S different right solutions among K samples, how widely a model explores. S = 1 is the plain share of
 * queries with a right one. Of more than K samples the first K count.
 *
 * Source: Zeng et al. 2024, B-STaR (arXiv:2412.17256). A share, in [0, 1]; higher is better. Null where a query has fewer than K samples, and without
 * queries.
 *
 * @throws {RangeError} unless K and S are whole numbers of at least 1
 * @example two queries, K = 4, S = 2: one with 2 different right solutions, one with the same right one twice: 0.5
 */
export function passAtKS(queries: readonly (readonly Solution[])[], k: number, s: number): MeanAndStandardError | null {
  requireCount(k, 'K', 1);
  requireCount(s, 'S', 1);
  if (queries.length === 0 || queries.some((own) => own.length < k)) return null;
  return meanAndStandardError(queries.map((own) => (uniqueCorrect(own.slice(0, k)) >= s ? 1 : 0)));
}

/**
 * Distinct equations: different right solutions over all right ones, each query's counted by themselves and added up. Near 1 if hardly any is
 * repeated.
 *
 * Source: Zeng et al. 2024, B-STaR (arXiv:2412.17256). A share, in (0, 1]. Null without a right solution. The more samples a query has the lower it
 * is: compare equal numbers.
 *
 * @example right a, a, b of one query, right c of another: 3 / 4
 */
export function distinctEquations(queries: readonly (readonly Solution[])[]): number | null {
  let [different, all] = [0, 0];
  for (const own of queries) {
    different += uniqueCorrect(own);
    for (const { correct } of own) if (correct) all++;
  }
  return all === 0 ? null : different / all;
}

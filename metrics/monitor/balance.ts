import { meanAndStandardError, type MeanAndStandardError } from '../stats/standard-error.ts';
import { requireCount } from '../stats/require.ts';

/** What was kept of the samples of one query. */
export interface Selection {
  /** n, samples kept for training. */
  readonly selected: number;
  /** n′, different right ones among them. */
  readonly uniqueCorrect: number;
}

/**
 * B-STaR's balance score, the mean over queries of bs = min(n′/n*, 1) · n′/n, with n samples kept of a query, n′ different right ones among them, and
 * n* wanted. The first factor rewards enough of them (exploration), the second that they are right (exploitation).
 *
 * Source: Zeng et al. 2024, B-STaR (arXiv:2412.17256). In [0, 1]; higher is better. A query of which nothing was kept counts 0, an own choice: its
 * authors' code leaves it out. That code also removes copies before it selects, so that n counts different samples: log what is kept after that for
 * the same number. Null without queries.
 *
 * @param wanted n*, such as ⌈N/M⌉ for N samples wanted from M queries; 8 in the authors' code
 * @throws {RangeError} unless all are whole numbers, n* at least 1 and n′ ≤ n
 * @example balanceScore([{ selected: 8, uniqueCorrect: 4 }, { selected: 0, uniqueCorrect: 0 }], 8) // { mean: 0.125, standardError: 0.125, n: 2 }
 */
export function balanceScore(queries: readonly Selection[], wanted: number): MeanAndStandardError | null {
  requireCount(wanted, 'n*, the samples wanted of a query,', 1);
  if (queries.length === 0) return null;
  return meanAndStandardError(
    queries.map(({ selected, uniqueCorrect }) => {
      requireCount(selected, 'the number of selected samples');
      requireCount(uniqueCorrect, 'the number of different right samples');
      if (uniqueCorrect > selected)
        throw new RangeError(`${uniqueCorrect} different right samples cannot be among ${selected} selected`);
      return selected === 0 ? 0 : Math.min(uniqueCorrect / wanted, 1) * (uniqueCorrect / selected);
    }),
  );
}

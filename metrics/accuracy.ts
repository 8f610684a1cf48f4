import type { AccuracyMatrix } from '../logs/index.ts';
import { meanOfAll } from './mean.ts';

/**
 * Average accuracy (ACC) after the last finished task k over the k tasks learnt so far: 1/k Σ_{j≤k} R[k][j].
 *
 * Source: Lopez-Paz & Ranzato 2017 (arXiv:1706.08840). Unit: accuracy, in [0, 1]; higher is better.
 * Null before the first task is finished, and if one of the k cells is missing.
 *
 * @example R = [[.9, .1], [.7, .8]] gives (.7 + .8) / 2 = .75
 */
export function averageAccuracy({ rows }: AccuracyMatrix): number | null {
  return rows.length === 0 ? null : learntMean(rows, rows.length - 1);
}

/**
 * Average incremental accuracy (AIA): ACC averaged over the boundaries passed so far, 1/k Σ_{i≤k} 1/i Σ_{j≤i} R[i][j].
 *
 * Source: Rebuffi et al. 2017 (iCaRL, arXiv:1611.07725). Unit: accuracy, in [0, 1]; higher is better.
 * Null before the first task is finished, and if a cell on or below the diagonal is missing.
 *
 * @example R = [[.9, .1], [.7, .8]] gives (.9 + .75) / 2 = .825
 */
export function averageIncrementalAccuracy({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(rows.map((_, i) => learntMean(rows, i)));
}

/**
 * Learning accuracy (LA): how well each task is known right after it was learnt, 1/k Σ_{j≤k} R[j][j].
 *
 * Source: Riemer et al. 2019 (arXiv:1810.11910). Unit: accuracy, in [0, 1]; higher is better.
 * Null before the first task is finished, and if a diagonal cell is missing.
 *
 * @example R = [[.9, .1], [.7, .8]] gives (.9 + .8) / 2 = .85
 */
export function learningAccuracy({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(rows.map((row, j) => row[j]));
}

/** The mean over the tasks learnt by row i. */
function learntMean(rows: AccuracyMatrix['rows'], i: number): number | null {
  return meanOfAll(rows[i].slice(0, i + 1));
}

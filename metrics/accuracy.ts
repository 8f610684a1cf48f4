import type { AccuracyMatrix } from '../logs/index.ts';
import { meanOfAll } from './mean.ts';

/**
 * Average accuracy (ACC): how well the tasks learnt so far are known after the last finished one, k.
 *
 *     ACC = 1/k Σ_{j≤k} R[k][j]
 *
 * Null before the first task is finished, and if one of the k cells is missing.
 *
 * Unit: accuracy, in [0, 1]; higher is better.
 *
 * Source: Lopez-Paz & Ranzato 2017 (GEM, arXiv:1706.08840).
 *
 * @example averageAccuracy({ tasks: ['a', 'b'], initial: null, rows: [[0.9, 0.1], [0.7, 0.8]] }) // (0.7 + 0.8) / 2 = 0.75
 */
export function averageAccuracy({ rows }: AccuracyMatrix): number | null {
  return rows.length === 0 ? null : learntMean(rows, rows.length - 1);
}

/**
 * Average incremental accuracy (AIA): ACC averaged over the ends of all tasks.
 *
 *     AIA = 1/k Σ_{i≤k} 1/i Σ_{j≤i} R[i][j]
 *
 * Every task counts alike, however many samples it has. Null before the first task is finished, and if a cell on or below the diagonal is
 * missing.
 *
 * Unit: accuracy, in [0, 1]; higher is better.
 *
 * Source: Rebuffi et al. 2017 (iCaRL, arXiv:1611.07725).
 *
 * @example
 * const rows = [[0.9, 0.1], [0.7, 0.8]];
 * averageIncrementalAccuracy({ tasks: ['a', 'b'], initial: null, rows }) // (0.9 + (0.7 + 0.8) / 2) / 2 = 0.825
 */
export function averageIncrementalAccuracy({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(rows.map((_, i) => learntMean(rows, i)));
}

/**
 * Learning accuracy (LA): how well each task is known right after it was learnt.
 *
 *     LA = 1/k Σ_{j≤k} R[j][j]
 *
 * Null before the first task is finished, and if a diagonal cell is missing.
 *
 * Unit: accuracy, in [0, 1]; higher is better.
 *
 * Source: Riemer et al. 2019 (MER, arXiv:1810.11910).
 *
 * @example learningAccuracy({ tasks: ['a', 'b'], initial: null, rows: [[0.9, 0.1], [0.7, 0.8]] }) // (0.9 + 0.8) / 2 = 0.85
 */
export function learningAccuracy({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(rows.map((row, j) => row[j]));
}

/** The mean over the tasks learnt by row i. */
function learntMean(rows: AccuracyMatrix['rows'], i: number): number | null {
  return meanOfAll(rows[i].slice(0, i + 1));
}

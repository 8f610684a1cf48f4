import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../base/index.ts';

type Pair = [statistic: number, p: number];

/**
 * Numbers of scipy 1.10.1 and numpy 1.24, with Demšar 2006, table 6: 14 data sets, 4 methods (JMLR 7). golden.json holds them;
 * a file of the same kind in ../shared is compared with it where there is one.
 */
interface Golden {
  readonly x: number[];
  readonly y: number[];
  readonly x_mean: number;
  readonly x_std_ddof1: number;
  readonly x_sem: number;
  readonly x_t95: [number, number];
  readonly wilcoxon_exact_corr0: Pair;
  readonly wilcoxon_approx_corr0: Pair;
  readonly wilcoxon_approx_corr1: Pair;
  readonly ties_zero: { x: number[]; y: number[]; wilcox_approx: Pair; pratt_approx: Pair; zsplit_approx: Pair };
  readonly paired_t: Pair;
  readonly welch_t: Pair;
  readonly mannwhitney_greater: Pair;
  readonly cohen_dz: number;
  readonly holm: { p: number[]; adj: number[] };
  readonly friedman_demsar_table6: {
    readonly scores: number[][];
    readonly avg_ranks: number[];
    readonly chi2_no_tie_correction: number;
    readonly F_iman_davenport: number;
    readonly p_F: number;
    readonly scipy_tie_corrected: Pair;
  };
  readonly nemenyi_q: Record<'0.05' | '0.1', Record<string, number>>;
  readonly 'CD_0.05_k4_N14': number;
  readonly 'CD_0.10_k4_N14': number;
  readonly bonferroni_dunn_q05: Record<string, number>;
  readonly iqm: { scores: number[][]; iqm: number; n10: number[]; iqm_n10: number; optimality_gap_gamma10: number };
  readonly prob_improvement: { A: number[][]; B: number[][]; per_task: number[]; mean: number };
  readonly theilsen: { y: number[]; slope: number; y2: number[]; slope2: number };
}

export const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

const sharedPath = join(packageRoot, '..', 'shared', 'logs', 'stats_golden.json');

/** The file it was copied from, pass@k left out, which is no part of these statistics; null without ../shared. */
export function sharedGolden(): unknown {
  if (!existsSync(sharedPath)) return null;
  const { pass_at_k: _, ...numbers } = JSON.parse(readFileSync(sharedPath, 'utf8')) as Record<string, unknown>;
  return numbers;
}

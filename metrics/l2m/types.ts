import type { DataRange } from './options.ts';

/** A value, or null where it is undefined. */
type Score = number | null;

/**
 * The metrics under the keys of l2metrics. Those of `maintenance` and `transfer` are there as the options say; each is described
 * at the function that computes it.
 */
interface SharedScores {
  readonly perf_recovery: Score;
  readonly avg_train_perf: Score;
  readonly avg_eval_perf: Score;
  readonly perf_maintenance_mrlep?: Score;
  readonly perf_maintenance_mrtlp?: Score;
  readonly ste_rel_perf: Score;
  readonly sample_efficiency: Score;
}

/** Metrics of a lifetime, over its tasks. */
export interface LifetimeScores extends SharedScores {
  readonly forward_transfer_ratio?: Score;
  readonly backward_transfer_ratio?: Score;
  readonly forward_transfer_contrast?: Score;
  readonly backward_transfer_contrast?: Score;
  readonly run_id: string;
  readonly complexity: string;
  readonly difficulty: string;
  readonly scenario_type: string;
  readonly metrics_column: string;
  /** The least and the greatest value after preprocessing. */
  readonly min: number;
  readonly max: number;
  /** Learning and evaluation experiences that have a value. */
  readonly num_lx: number;
  readonly num_ex: number;
  /** Seconds between the first and the last time in the log; null where it has none. */
  readonly runtime: Score;
}

/** Transfers from one task, by the task evaluated, in order. */
export type TransfersFrom = Readonly<Record<string, readonly number[]>>;

/** Metrics of a task, and the values that they are made of. */
export interface TaskScores extends SharedScores {
  readonly forward_transfer_ratio?: TransfersFrom;
  readonly backward_transfer_ratio?: TransfersFrom;
  readonly forward_transfer_contrast?: TransfersFrom;
  readonly backward_transfer_contrast?: TransfersFrom;
  readonly recovery_times: readonly number[];
  readonly avg_train_perf_vals: readonly number[];
  readonly avg_eval_perf_vals: readonly number[];
  /** Stretches of evaluations, see `Maintenance`. */
  readonly maintenance_val_mrlep?: readonly (readonly number[])[];
  readonly maintenance_val_mrtlp?: readonly (readonly number[])[];
  /** One entry an expert, and so for the lists below. */
  readonly ste_rel_perf_vals: readonly number[];
  readonly ste_saturation_vals: readonly number[];
  readonly ste_exp_to_sat_vals: readonly number[];
  readonly se_saturation_vals: readonly number[];
  readonly se_exp_to_sat_vals: readonly number[];
  readonly sample_efficiency_vals: readonly number[];
  readonly se_task_saturation: Score;
  readonly se_task_exp_to_sat: Score;
  readonly min: number;
  readonly max: number;
  readonly num_lx: number;
  readonly num_ex: number;
}

/** A regime as l2metrics tabulates it. */
export interface RegimeScores {
  readonly block_num: number;
  readonly block_type: 'train' | 'test';
  readonly block_subtype: 'wake' | 'sleep';
  readonly task_name: string;
  readonly regime_num: number;
  readonly saturation: number;
  readonly exp_to_sat: number;
  readonly term_perf: number;
  readonly exp_to_term_perf: number;
  /** Null for an evaluation regime awake where others are asleep. */
  readonly avg_perf: Score;
}

/** What `lifetimeMetrics` returns. */
export interface LifetimeMetrics {
  readonly lifetime: LifetimeScores;
  /** In the order of learning, then the tasks that were only evaluated. */
  readonly task_metrics: Readonly<Record<string, TaskScores>>;
  readonly regimes: readonly RegimeScores[];
  /** By task, the range that was normalised by; null without normalisation. */
  readonly normalization_data_range: Readonly<Record<string, DataRange>> | null;
  /** What a reader must know to trust the numbers, a line each. */
  readonly warnings: readonly string[];
}

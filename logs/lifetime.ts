/**
 * The lifetime of a lifelong learner as DARPA's L2M programme logs it (Baker et al. 2023, arXiv:2301.07799): learning blocks and
 * evaluation blocks, each made of experiences that one number scores. A learner may meet a task again and again, which an
 * `AccuracyMatrix` cannot hold, and an evaluation is a block of its own, not a moment in training as in an `EvaluationLog`.
 *
 * Columnar: row r is one complete experience, in the order in which they were made.
 */
export interface Lifetime {
  /** What it goes by in tables: the name of its folder. */
  readonly name: string;
  /** What the values are, such as `reward`. Higher must be better. */
  readonly measure: string;
  readonly scenario: LifetimeScenario;
  /** Names of the tasks by first appearance, in lower case; `<task>_<variant>` where a task has variants. */
  readonly tasks: readonly string[];
  /** `[rows]`, number of the block, from 0. Never decreasing. */
  readonly blocks: Float64Array;
  /** `[rows]`, number of the experience, from 0. Increasing: an experience is complete once. */
  readonly experiences: Float64Array;
  /** `[rows]`, 1 in a learning block, 0 in an evaluation block. */
  readonly training: Uint8Array;
  /** `[rows]`, 1 where the learner was asleep (`block_subtype`), 0 where it was awake. */
  readonly asleep: Uint8Array;
  /** `[rows]`, an index into `tasks`. */
  readonly task: Int32Array;
  /** `[rows]`, NaN where nothing was measured and nowhere else. */
  readonly values: Float64Array;
  /** `[rows]`, microseconds since 1970 of the clock that the log was written by; NaN where the log has no time. */
  readonly times: Float64Array;
  /** What is odd about the log but does not keep it from being read, a line each. */
  readonly warnings: readonly string[];
}

/** What kind of lifetime the log says that it is; empty where it does not say. */
export interface LifetimeScenario {
  /** `1-low`, `2-intermediate` or `3-high`. */
  readonly complexity: string;
  /** `1-easy`, `2-medium` or `3-hard`. */
  readonly difficulty: string;
  /** `condensed`, `dispersed`, `permuted`, `alternating`, `ste` (a single-task expert) or `custom`. */
  readonly type: string;
}

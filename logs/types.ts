/**
 * The evaluation log: how well a model did on each task, over its training. The narrow waist of this project: a harness, or any
 * other tool, writes it; metrics, detector and reports read nothing else.
 *
 * Columnar: row r is one evaluation, `values[t][r]` is the value on task t. NaN means *not evaluated* and nothing else.
 */
export interface EvaluationLog {
  /** What the values are, such as `accuracy` (in [0, 1]) or `loss`. */
  readonly measure: string;
  readonly higherIsBetter: boolean;
  /** The evaluated tasks. In a log of this project's harness they stand in training order. */
  readonly tasks: readonly string[];
  /** `[rows]`, updates made before the evaluation; 0 is before the first update. Never decreasing. */
  readonly steps: Float64Array;
  /**
   * `[rows]`, the task being trained, as an index into `tasks`; -1 where unknown. The evaluation before the first update of task k
   * belongs to task k and has the step of the last evaluation of task k-1.
   */
  readonly trainingTask: Int32Array;
  /** `[tasks][rows]`, NaN where not evaluated. */
  readonly values: readonly Float64Array[];
  /** `[tasks][rows]`, standard errors of the values in their unit, NaN where unknown; absent where none is known. */
  readonly standardErrors?: readonly Float64Array[];
  /** `[tasks][rows]`, items that a value is the mean over, NaN where unknown; absent where none is known. */
  readonly counts?: readonly Float64Array[];
}

/** Accuracy on the whole test set of every task (columns) after training on each task (rows). */
export interface AccuracyMatrix {
  readonly tasks: readonly string[];
  /** Values of the untrained model, or null where it was not evaluated. */
  readonly initial: readonly (number | null)[] | null;
  /** `rows[i][j]`: accuracy on task j after training on task i; null where not evaluated. May hold fewer rows than tasks. */
  readonly rows: readonly (readonly (number | null)[])[];
}

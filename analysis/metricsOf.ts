import { matrixOfLog, type AccuracyMatrix, type EvaluationLog, type Imported, type Lifetime } from '../logs/index.ts';
import {
  averageAccuracy,
  averageIncrementalAccuracy,
  backwardTransfer,
  forgettingAfterLearning,
  forgettingFromMaximum,
  forwardTransfer,
  learningAccuracy,
  lifetimeMetrics,
  lifetimeMetricsJson,
  runMetrics,
  type LifetimeOptionsInput,
} from '../metrics/index.ts';
import type { Json } from './analysis.ts';

type Metrics = Record<string, Json>;

/** Metrics of a report's table that are made of the evaluations during training; the others are those of the matrix, under names of their own. */
const ofLog = new Set([
  'aaa',
  'min-acc',
  'wc-acc',
  'rag',
  'wf10',
  'wf100',
  'wp10',
  'wp100',
  'gap-depth',
  'gap-relative-depth',
  'recovery-time',
  'gap-area',
]);

/** Single-task experts to set a lifetime beside, and how. */
export interface LifetimeComparison {
  readonly experts: readonly Lifetime[];
  readonly options?: LifetimeOptionsInput;
}

/**
 * The metrics of a run, by name: of a lifetime those of l2metrics under its keys; of a matrix, or of a log that says what was trained, `average_accuracy`,
 * `backward_transfer`, …; of such a log those of the evaluations during training besides.
 * @param notes gets the warnings
 */
export function metricsOf(
  { lifetime, matrix, log }: Imported,
  { experts, options }: LifetimeComparison,
  notes: string[],
): Metrics {
  if (lifetime) {
    const metrics = lifetimeMetrics(lifetime, experts, options);
    notes.push(...metrics.warnings);
    return lifetimeMetricsJson(metrics);
  }
  const known = matrix ?? (log && matrixOfLog(log));
  if (!known) return {};
  if (!matrix) notes.push('the matrix is made of the last evaluation of each task’s training');
  return { ...matrixMetrics(known), ...(log?.higherIsBetter && duringTraining(log, known)) };
}

function matrixMetrics(matrix: AccuracyMatrix): Metrics {
  return {
    average_accuracy: averageAccuracy(matrix),
    backward_transfer: backwardTransfer(matrix),
    forward_transfer: forwardTransfer(matrix),
    forgetting: forgettingFromMaximum(matrix),
    forgetting_after_learning: forgettingAfterLearning(matrix),
    learning_accuracy: learningAccuracy(matrix),
    average_incremental_accuracy: averageIncrementalAccuracy(matrix),
  };
}

function duringTraining(accuracy: EvaluationLog, matrix: AccuracyMatrix): Metrics {
  const chosen = runMetrics.filter(({ name }) => ofLog.has(name));
  return Object.fromEntries(
    chosen.map(({ name, compute }) => [name.replaceAll('-', '_'), compute({ accuracy, matrix })]),
  );
}

import type { EvaluationLog } from '../logs/index.ts';

/** A stretch of training on one task: rows `start` … `end - 1` of the log. */
export interface Segment {
  /** An index into the log's tasks; -1 where the log does not say. */
  readonly task: number;
  readonly start: number;
  readonly end: number;
}

/** Cuts a log where the training task changes. A task that is trained twice has two segments. */
export function segmentsOf({ trainingTask }: EvaluationLog): Segment[] {
  const segments: Segment[] = [];
  for (let start = 0, end = 0; start < trainingTask.length; start = end) {
    while (end < trainingTask.length && trainingTask[end] === trainingTask[start]) end++;
    segments.push({ task: trainingTask[start], start, end });
  }
  return segments;
}

/** The latest value at or before a row; null if the task was never evaluated by then. */
export function lastValue(values: Float64Array, row: number): number | null {
  for (let r = row; r >= 0; r--) if (!Number.isNaN(values[r])) return values[r];
  return null;
}

/** 1 where high values are good, -1 where low ones are: a value times this is the better, the higher it is. */
export function signOf(log: EvaluationLog): 1 | -1 {
  return log.higherIsBetter ? 1 : -1;
}

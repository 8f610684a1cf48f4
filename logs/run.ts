import { join } from 'node:path';
import { UserError } from '../base/index.ts';
import { readEvaluationLog } from './evaluation.ts';
import { readGradients, type GradientLog } from './gradients.ts';
import { readJson } from './json.ts';
import { readMatrix } from './matrix.ts';
import { readPrequential, type PrequentialLog } from './prequential.ts';
import { runRecordSchema, type RunRecord } from './record.ts';
import type { AccuracyMatrix, EvaluationLog } from './types.ts';

/** A run folder: what was run, and how well it did. What else is in `steps.csv` is left to `readSteps`, since no metric needs it. */
export interface Run {
  /** The run's folder. */
  readonly path: string;
  readonly record: RunRecord;
  readonly accuracy: EvaluationLog;
  readonly loss: EvaluationLog;
  readonly matrix: AccuracyMatrix;
  /** Only of a run that was asked for it. */
  readonly prequential?: PrequentialLog;
  /** Only of a complete run that was asked for it. */
  readonly gradients?: GradientLog;
}

/** Reads a run folder's `run.json` alone. Throws a UserError naming the file and key where it does not fit. */
export function readRunRecord(folder: string): RunRecord {
  return readJson(join(folder, 'run.json'), runRecordSchema);
}

/**
 * Reads a run folder: `run.json`, `accuracy.csv`, `loss.csv`, `matrix.csv`, and where the record speaks of them `prequential.csv` and the gradients of
 * `steps.csv`.
 * Throws a UserError for a file that is missing or does not fit its format, and for files that disagree about the tasks.
 */
export function readRun(folder: string): Run {
  const record = readRunRecord(folder);
  const accuracy = readEvaluationLog(join(folder, 'accuracy.csv'), 'accuracy');
  const loss = readEvaluationLog(join(folder, 'loss.csv'), 'loss');
  const matrix = readMatrix(join(folder, 'matrix.csv'));

  const tasks = record.stream.tasks.map((task) => task.name).join(', ');
  for (const [file, found] of Object.entries({ 'accuracy.csv': accuracy, 'loss.csv': loss, 'matrix.csv': matrix })) {
    const columns = found.tasks.join(', ');
    if (columns !== tasks) {
      const problem = `the tasks are ${columns}, but run.json says ${tasks}; the files are of different runs`;
      throw new UserError(`${join(folder, file)}, row 1: ${problem}`);
    }
  }
  return {
    path: folder,
    record,
    accuracy,
    loss,
    matrix,
    ...(record.evaluation.prequential && { prequential: prequentialOf(folder, accuracy.tasks) }),
    ...(record.evaluation.gradients &&
      record.status === 'complete' && { gradients: readGradients(join(folder, 'steps.csv')) }),
  };
}

function prequentialOf(folder: string, tasks: readonly string[]): PrequentialLog {
  const file = join(folder, 'prequential.csv');
  const prequential = readPrequential(file);
  const unknown = prequential.tasks.filter((task) => !tasks.includes(task));
  if (unknown.length > 0)
    throw new UserError(
      `${file}, column "training_task": unknown task: ${unknown.join(', ')} (run.json says: ${tasks.join(', ')}); the files are of different runs`,
    );
  return prequential;
}

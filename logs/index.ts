export { formatEvaluationHeader, formatEvaluationRow, readEvaluationLog } from './evaluation.ts';
export { readExperiment, type Experiment } from './experiment.ts';
export { readMatrix } from './matrix.ts';
export { prequentialColumns, readPrequential, type PrequentialLog } from './prequential.ts';
export { runRecordSchema, type RunRecord } from './record.ts';
export { readRun, readRunRecord, type Run } from './run.ts';
export { readSteps, type StepLog } from './steps.ts';
export { formatRow } from './table.ts';
export type { AccuracyMatrix, EvaluationLog } from './types.ts';

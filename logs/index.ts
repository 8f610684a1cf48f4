export { formatEvaluationHeader, formatEvaluationRow, readEvaluationLog } from './evaluation.ts';
export { readExperiment, type Experiment } from './experiment.ts';
export { isFinished } from './finished.ts';
export { readGradients, type GradientLog } from './gradients.ts';
export { logOfMatrix, matrixOfLog } from './importers/shared/conversions.ts';
export {
  columnRoles,
  type ColumnRole,
  type Imported,
  type Importer,
  type ImportOptions,
  type ItemResults,
} from './importers/importer.ts';
export { readLifetime } from './importers/l2logger/lifetime.ts';
export { importers, importLogs, type LogOptions } from './importers/registry.ts';
export type { Lifetime, LifetimeScenario } from './lifetime.ts';
export { readMatrix } from './matrix.ts';
export { prequentialColumns, readPrequential, type PrequentialLog } from './prequential.ts';
export { runRecordSchema, type RunRecord } from './record.ts';
export { readRun, readRunRecord, type Run } from './run.ts';
export { createSampleBuilder, type Sample, type SampleBuilder } from './sampleBuilder.ts';
export { forEachGroup, type Interned, type SampleGroup, type SampleLog } from './samples.ts';
export { itemsOfSamples, logOfSamples } from './sampleScores.ts';
export { readScheduleFile, scheduleFileSchema, type ScheduleFile } from './scheduleFile.ts';
export { readSteps, type StepLog } from './steps.ts';
export { formatRow } from './table.ts';
export type { AccuracyMatrix, EvaluationLog } from './types.ts';

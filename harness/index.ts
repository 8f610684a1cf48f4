export { adaptiveRule, probeSize } from './adaptive.ts';
export { loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.ts';
export { createNetwork } from './createNetwork.ts';
export {
  createEvaluator,
  type EvaluationUsage,
  type Evaluator,
  type EvaluatorOptions,
  type Score,
} from './evaluate.ts';
export { planRuns, resolveExperiment, type Experiment, type ExperimentMethod, type RunPlan } from './experiment.ts';
export {
  experimentSchema,
  type EvaluateMode,
  trainingKeys,
  type ExperimentOptions,
  type MethodEntry,
  type TrainingConfiguration,
} from './experimentSchema.ts';
export { loadImports } from './imports.ts';
export { networkKeys, networkNames, networkOptionsOf, type NetworkName, type NetworkOptions } from './networkSchema.ts';
export { runPool, type PoolOptions, type RunOutcome } from './pool.ts';
export { createPrequential, type Prequential } from './prequential.ts';
export { withoutSchedule, type ScheduleName } from './rateSchedule.ts';
export { executeRun } from './run.ts';
export type { Progress, RunContext } from './runContext.ts';
export { settleData, type Settled } from './settleData.ts';
export { imageFormatOf, streamInfoOf } from './streamInfo.ts';
export { claimFolder, readExperimentFile, runExperiment, type ExperimentContext } from './runExperiment.ts';

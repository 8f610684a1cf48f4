/**
 * @file `import { … } from 'stabgap'`: the main things, from all parts. Each part has more: `stabgap/engine`, `/benchmarks`, `/methods`,
 * `/logs`, `/harness`, `/metrics`, `/analysis`, `/reports`.
 */
export { UserError, createRng, type Rng } from './base/index.ts';

export {
  createStream,
  datasets,
  describeStreams,
  loadDataset,
  scenarios,
  streamKinds,
  type Dataset,
  type Samples,
  type Scenario,
  type Stream,
  type StreamOptions,
  type Task,
} from './benchmarks/index.ts';

export {
  adam,
  mlp,
  openEngine,
  resnet18,
  resnet32,
  sgd,
  slimResnet18,
  smallCnn,
  tf,
  type Engine,
  type Network,
  type Optimizer,
  type Program,
} from './engine/index.ts';

export {
  createTrainer,
  defineMethod,
  findMethod,
  methods,
  registerMethod,
  type Batch,
  type Learner,
  type LearnerTask,
  type Method,
  type MethodDefinition,
  type Model,
  type Setup,
  type StepStats,
} from './methods/index.ts';

export {
  readEvaluationLog,
  readExperiment,
  readMatrix,
  readRun,
  readSteps,
  type AccuracyMatrix,
  type EvaluationLog,
  type Experiment as ExperimentLogs,
  type Run,
  type RunRecord,
  type StepLog,
} from './logs/index.ts';

export {
  claimFolder,
  executeRun,
  planRuns,
  resolveExperiment,
  runExperiment,
  type Experiment,
  type ExperimentContext,
  type ExperimentOptions,
  type Progress,
  type RunOutcome,
  type RunPlan,
} from './harness/index.ts';

export {
  averageAccuracy,
  averageAnytimeAccuracy,
  averageIncrementalAccuracy,
  backwardTransfer,
  deepestGap,
  forgettingAfterLearning,
  forgettingFromMaximum,
  forwardTransfer,
  learningAccuracy,
  minimumAccuracy,
  relativeAccuracyGap,
  runMetrics,
  stabilityGaps,
  windowedForgetting,
  windowedPlasticity,
  worstCaseAccuracy,
  type Gap,
  type RunMetric,
} from './metrics/index.ts';

export { analyze, analyzeAll, type Analysis, type AnalysisEvent, type AnalyzeOptions } from './analysis/index.ts';

export { renderReport, terminalTable, writeReport } from './reports/index.ts';

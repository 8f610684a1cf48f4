export {
  defineMethod,
  requireScenario,
  type Batch,
  type Family,
  type GradientSizes,
  type Learner,
  type LearnerCost,
  type LearnerTask,
  type MaskCost,
  type Method,
  type MethodDefinition,
  type Model,
  type Setup,
  type Sparsity,
  type State,
  type StateValue,
  type StepStats,
  type StreamFacts,
  type StreamInfo,
  type Trail,
  type TrainingOptions,
  type Views,
} from './contract.ts';
export { findMethod, registerMethod } from './lookup.ts';
export { methods } from './registry.ts';
export { createBalancedBuffer } from './shared/buffers/balanced.ts';
export { drawWays, type Buffer, type DrawOptions, type DrawWay } from './shared/buffers/buffer.ts';
export { createExemplars, type Exemplars } from './shared/buffers/exemplars.ts';
export { herd } from './shared/buffers/herding.ts';
export { bufferNames, createBuffer, type BufferName } from './shared/buffers/named.ts';
export { createReservoir, type Reservoir } from './shared/buffers/reservoir.ts';
export { createRingBuffer, createTaskRings, type RingBuffer, type TaskRings } from './shared/buffers/ring.ts';
export { createClassifier, crossEntropy, headMask, logLikelihood, type Classifier } from './shared/classifier.ts';
export { featureSize, seeFeatures, type Seen } from './shared/features.ts';
export { createNearestMean, type NearestMean } from './shared/nearestMean.ts';
export { allocateRows, asRows, putBatch, rowSpecs, type Rows, type RowTensors } from './shared/rows.ts';
export { supCon } from './shared/supCon.ts';
export { createTrainer, type Step, type Trainer, type TrainingPass } from './shared/trainer.ts';

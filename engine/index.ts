export { engineNames, openEngine, type EngineChoice } from './compile.ts';
export { dot, lossGradients, mapTensors, type Loss, type LossGradients } from './gradients.ts';
export { mlp, type MlpOptions } from './nets/mlp.ts';
export { countParameters, type LinearLayer, type Network, type Tap } from './nets/network.ts';
export { adam, type AdamOptions } from './optim/adam.ts';
export type { Optimizer } from './optim/optimizer.ts';
export { sgd, type SgdOptions } from './optim/sgd.ts';
export { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from './tf.ts';
export {
  allocate,
  float32,
  int32,
  sizeOf,
  type ArraySpec,
  type Arrays,
  type ArraysOf,
  type CompileOptions,
  type Engine,
  type EngineName,
  type LowRankChange,
  type LowRankProduct,
  type Program,
  type Shape,
  type Signature,
  type Specs,
  type TensorTree,
  type TensorsOf,
  type Tensors,
  type TypedArray,
} from './types.ts';

export { analyze, type Analysis } from './analyze.ts';
export { engineNames, openEngine, type EngineChoice } from './compile.ts';
export { logSoftmax } from './logSoftmax.ts';
export { differences, dot, lossGradients, mapTensors, type Loss, type LossGradients } from './gradients.ts';
export {
  countParameters,
  customGradient,
  heads,
  initializers,
  mlp,
  norms,
  patches,
  resnet18,
  resnet32,
  slimResnet18,
  smallCnn,
  unitNorm,
  type Head,
  type InitializerName,
  type MapTap,
  type MlpOptions,
  type Network,
  type Norm,
  type Pass,
  type ResnetOptions,
  type SmallCnnOptions,
  type Tap,
  type WeightLayer,
} from './nets/index.ts';
export { providerNames, type Provider } from './onnx/provider.ts';
export { adam, type AdamOptions } from './optim/adam.ts';
export { adamw, type AdamWOptions } from './optim/adamw.ts';
export type { Optimizer } from './optim/optimizer.ts';
export { sgd, type SgdOptions } from './optim/sgd.ts';
export { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from './tf.ts';
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
  type ProductRole,
  type Program,
  type Shape,
  type Signature,
  type Specs,
  type TensorTree,
  type TensorsOf,
  type Tensors,
  type TypedArray,
  type WeightProduct,
} from './types.ts';

import { callOf, type Kernel, type KernelTable } from '../kernel.ts';
import { viewOf, type View } from '../view.ts';
import type { Value } from '../../onnx/graph.ts';
import { arithmetic } from './arithmetic.ts';
import { convolutions } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { products } from './matmul.ts';

/** The activations of tfjs's fused kernels, by the names that those use. */
const activations: Readonly<Record<string, Kernel | undefined>> = {
  linear: ({ views: { x } }) => x,
  relu: elementwise.Relu,
  relu6: elementwise.Relu6,
  elu: elementwise.Elu,
  leakyrelu: elementwise.LeakyRelu,
  prelu: arithmetic.Prelu,
  sigmoid: elementwise.Sigmoid,
};

/** A product or convolution with bias and activation in one, taken apart: the passes over the graph fuse again what they can. */
const fused =
  (kernel: Kernel): Kernel =>
  ({ graph, views, attributes }) => {
    const { bias, preluActivationWeights: alpha, ...factors } = views;
    const call = (inner: Kernel, inputs: Record<string, View>): View =>
      asView(inner(callOf(graph, inputs, { ...attributes, alpha: attributes.leakyreluAlpha })) as Value | View);
    const product = call(kernel, factors);
    const sum = bias ? call(elementwise.Add, { a: product, b: bias }) : product;
    const name = String(attributes.activation ?? 'linear');
    const activate = activations[name];
    if (!activate) throw new Error(`a fused kernel with the activation ${name} is not mapped`);
    return call(activate, alpha ? { x: sum, alpha } : { x: sum });
  };

function asView(result: Value | View): View {
  return 'order' in result ? result : viewOf(result);
}

export const fusedKernels: KernelTable = {
  _FusedMatMul: fused(products.BatchMatMul),
  FusedConv2D: fused(convolutions.Conv2D),
  FusedDepthwiseConv2D: fused(convolutions.DepthwiseConv2dNative),
};

import { floatAttribute } from '../../onnx/graph.ts';
import { numberAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import { channelsFirst, viewOf } from '../view.ts';

/** scale·(x − mean)/√(variance + ε) + offset, by channel. */
const batchNorm: Kernel = (call) => {
  const { graph, views, attributes } = call;
  const epsilon = numberAttribute(attributes, 'varianceEpsilon') ?? 0.001;
  const { mean, variance, scale, offset } = call.inputs;
  const image = views.x;
  if (image.order?.join() === channelsFirst.join() && mean.shape.length === 1) {
    const channels = mean.shape[0];
    const filled = (value: number) => graph.constant(new Float32Array(channels).fill(value), [channels], 'float32');
    const normal = graph.emit(
      'BatchNormalization',
      [image.value, scale ?? filled(1), offset ?? filled(0), mean, variance],
      image.value.shape,
      'float32',
      { epsilon: floatAttribute(epsilon) },
    );
    return viewOf(normal, channelsFirst);
  }
  const deviation = graph.unary('Sqrt', graph.binary('Add', variance, graph.scalar(epsilon)));
  const factor = scale ? graph.binary('Div', scale, deviation) : graph.unary('Reciprocal', deviation);
  const scaled = graph.binary('Mul', graph.binary('Sub', call.inputs.x, mean), factor);
  return offset ? graph.binary('Add', scaled, offset) : scaled;
};

export const normalizations: KernelTable = { FusedBatchNorm: batchNorm };

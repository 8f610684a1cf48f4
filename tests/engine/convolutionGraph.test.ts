import { describe, expect, test } from 'vitest';
import {
  float32,
  lossGradients,
  openEngine,
  slimResnet18,
  tf,
  type Signature,
  type Tensor4D,
  type Tensors,
  type TensorsOf,
} from '../../engine/index.ts';
import { channelBlock } from '../../engine/onnx/channelBlock.ts';
import { countFlops } from '../../engine/onnx/flops.ts';
import type { Graph } from '../../engine/onnx/graph.ts';
import { blockChannels } from '../../engine/onnx/passes/blockChannels.ts';
import { optimize } from '../../engine/onnx/passes/index.ts';
import { trace } from '../../engine/trace/trace.ts';
import type { TensorTree } from '../../engine/types.ts';

function graphOf<S extends Signature>(inputs: S, fn: (tensors: TensorsOf<S>) => TensorTree): Graph {
  return optimize(trace('test', fn, inputs).graph);
}

const count = (graph: Graph, op: string, domain?: string): number =>
  graph.nodes.filter((node) => node.op === op && node.domain === domain).length;

/** Two convolutions with bias and ReLU, then the mean over the map. */
const inputs = { x: float32(2, 6, 6, 3), w1: float32(3, 3, 3, 16), bias: float32(16), w2: float32(3, 3, 16, 16) };
const twoConvolutions = ({ x, w1, bias, w2 }: Tensors) => {
  const first = tf.relu(tf.add(tf.conv2d(x as Tensor4D, w1 as Tensor4D, 1, 'same'), bias));
  return tf.mean(tf.relu(tf.conv2d(first as Tensor4D, w2 as Tensor4D, 1, 'same')), [1, 2]);
};

describe('layouts', () => {
  test('an image is brought into channels-first order once, whatever happens to it afterwards', () => {
    const graph = graphOf(inputs, (tensors) => ({ y: twoConvolutions(tensors) }));
    const transposed = graph.nodes.filter(({ op }) => op === 'Transpose').map(({ inputs: [input] }) => input!.name);
    expect(transposed.toSorted()).toEqual(['w1', 'w2', 'x']);
  });

  test('filters stored as out × in × height × width need no transposition at all', () => {
    const graph = graphOf({ x: float32(1, 2, 4, 4), w: float32(5, 2, 3, 3) }, ({ x, w }) => {
      const image = tf.transpose(x as Tensor4D, [0, 2, 3, 1]);
      const filter = tf.transpose(w as Tensor4D, [2, 3, 1, 0]);
      return { y: tf.transpose(tf.conv2d(image, filter, 1, 'same'), [0, 3, 1, 2]) };
    });
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Conv']);
  });

  test('a bias becomes the convolution’s own', () => {
    const graph = graphOf(inputs, (tensors) => ({ y: twoConvolutions(tensors) }));
    expect(count(graph, 'Add')).toBe(0);
    expect(graph.nodes.filter(({ op }) => op === 'Conv').map((node) => node.inputs.length)).toEqual([3, 2]);
  });

  test('pooling names the largest pixels only where the gradient asks for them', () => {
    const pooled = ({ x }: Tensors) => tf.sum(tf.maxPool(x as Tensor4D, 2, 2, 'valid'));
    const forward = graphOf({ x: inputs.x }, (tensors) => ({ y: pooled(tensors) }));
    const both = graphOf({ x: inputs.x }, (tensors) => {
      const { loss, gradients } = lossGradients((p) => ({ loss: pooled(p) as never }), tensors as Tensors);
      return { loss, gradients };
    });
    const results = (graph: Graph) =>
      graph.nodes.filter(({ op }) => op === 'MaxPool').map((node) => node.outputs.length);
    expect(results(forward)).toEqual([1]);
    expect(results(both)).toEqual([2]);
  });
});

describe('channels in blocks', () => {
  const nchwc = 'com.microsoft.nchwc';

  test('a chain of convolutions reads the image once, and ReLU goes into the convolutions', () => {
    const graph = graphOf(inputs, (tensors) => ({ y: twoConvolutions(tensors) }));
    const blocked = blockChannels(graph, 16);
    expect(count(blocked, 'Conv', nchwc)).toBe(2);
    expect(count(blocked, 'Relu')).toBe(0);
    // Three channels are read as they lie, and the mean of a map is no image any more.
    expect(count(blocked, 'ReorderInput', nchwc) + count(blocked, 'ReorderOutput', nchwc)).toBe(0);
  });

  test('the residual sums of a ResNet are made by its convolutions', () => {
    const network = slimResnet18({ inputShape: [8, 8, 3], outputs: 10 });
    const graph = graphOf(
      { p: network.parameters, statistics: network.statistics, x: float32(1, 192) },
      ({ p, statistics, x }) => ({ y: network.apply(p, x as never, { mode: 'inference', statistics }) }),
    );
    const blocked = blockChannels(graph, 16);
    expect(count(blocked, 'Conv', nchwc)).toBe(20);
    const summed = blocked.nodes.filter(
      ({ op, domain, inputs: given }) => op === 'Conv' && domain && given.length === 4,
    );
    expect(summed).toHaveLength(8);
    expect(blocked.nodes.some(({ op, outputs }) => op === 'Add' && outputs[0].shape.length === 4)).toBe(false);
  });

  test('a training step stays as it is: its gradients need images in the usual order', () => {
    const graph = graphOf(inputs, (tensors) => {
      const { loss, gradients } = lossGradients(
        (p) => ({ loss: tf.sum(twoConvolutions({ ...tensors, ...p })) as never }),
        { w1: tensors.w1, w2: tensors.w2 },
      );
      return { loss, gradients };
    });
    expect(blockChannels(graph, 16)).toBe(graph);
  });

  test('in training, large convolutions are computed in blocks each by itself', () => {
    const large = { x: float32(2, 24, 24, 32), w: float32(3, 3, 32, 32) };
    const graph = graphOf(large, ({ x, w }) => {
      const { loss, gradients } = lossGradients(
        (p) => ({ loss: tf.sum(tf.square(tf.conv2d(p.x as Tensor4D, p.w as Tensor4D, 1, 'same'))) as never }),
        { x, w },
      );
      return { loss, gradients };
    });
    const blocked = blockChannels(graph, 16);
    // The convolution and that of the image's gradient.
    expect(count(blocked, 'Conv', nchwc)).toBe(2);
    expect(count(blocked, 'Conv')).toBe(0);
  });

  test('the processor’s block size is one that ONNX Runtime computes right with, or none', async () => {
    expect([16, 8, null]).toContain(await channelBlock());
  });

  test('the operations counted are those of the network, not of the padding', async () => {
    const engine = await openEngine('onnx');
    const program = await engine.compile('chain', (tensors) => ({ y: twoConvolutions(tensors as Tensors) }), inputs);
    const pixels = 2 * 6 * 6;
    const convolutions = 2 * pixels * 16 * 9 * (3 + 16);
    // Bias, two ReLUs, and what the mean reads.
    expect(program.flops).toBe(convolutions + pixels * 16 * 4);
    await engine.dispose();
  });
});

test('operations of a step are counted as by hand: the filter’s gradient as many as the convolution', () => {
  const shape = { x: float32(2, 6, 6, 8), w: float32(3, 3, 8, 8) };
  const flopsOf = (gradient: boolean) =>
    countFlops(
      graphOf(shape, ({ x, w }) => {
        const fn = (p: Tensors) => ({ loss: tf.sum(tf.conv2d(x as Tensor4D, p.w as Tensor4D, 1, 'same')) as never });
        return gradient ? { y: lossGradients(fn, { w }).gradients.w } : { y: fn({ w }).loss };
      }),
    );
  const convolution = 2 * 2 * 36 * 8 * 9 * 8;
  expect(flopsOf(false)).toBe(convolution + 2 * 36 * 8);
  expect(flopsOf(true)).toBe(convolution);
});

test('a slim ResNet-18 on 32 × 32 images takes twice its multiply-adds counted by hand', () => {
  const network = slimResnet18({ inputShape: [32, 32, 3], outputs: 10 });
  const graph = graphOf(
    { p: network.parameters, statistics: network.statistics, x: float32(1, 3072) },
    ({ p, statistics, x }) => ({ y: network.apply(p, x as never, { mode: 'inference', statistics }) }),
  );
  // By hand: the multiply-adds of each convolution are outputs·inputs·window·pixels.
  const stage = (width: number, pixels: number, first: boolean) =>
    first
      ? 4 * width ** 2 * 9 * pixels
      : (width ** 2 / 2) * 9 * pixels + 3 * width ** 2 * 9 * pixels + (width ** 2 / 2) * pixels;
  const multiplyAdds =
    20 * 3 * 9 * 1024 + stage(20, 1024, true) + stage(40, 256, false) + stage(80, 64, false) + stage(160, 16, false);
  const convolutions = graph.nodes.filter(({ op }) => op === 'Conv');
  const counted = countFlops({
    ...graph,
    nodes: convolutions.map((node) => ({ ...node, inputs: node.inputs.slice(0, 2) })),
  });
  expect(counted).toBe(2 * multiplyAdds);
});

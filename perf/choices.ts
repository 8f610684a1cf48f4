/** @file `npm run perf:choices`: what each of the engine's choices brings, with and without it in turn. Results: docs/performance.md */
import * as ort from 'onnxruntime-node';
import { createRng } from '../base/index.ts';
import {
  lossGradients,
  mlp,
  sgd,
  sizeOf,
  slimResnet18,
  smallCnn,
  tf,
  type Network,
  type Scalar,
  type Signature,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
  type TensorsOf,
  float32,
  int32,
} from '../engine/index.ts';
import { channelBlock } from '../engine/onnx/channelBlock.ts';
import type { Graph, Node } from '../engine/onnx/graph.ts';
import {
  blockChannels,
  dropUnreadResults,
  foldBias,
  fuseIntoGemm,
  nameResults,
  optimize,
  removeDeadNodes,
  simplify,
} from '../engine/onnx/passes/index.ts';
import { serialize } from '../engine/onnx/serialize.ts';
import { runSession, stopBeforeCopies } from '../engine/onnx/withoutCopies.ts';
import { trace } from '../engine/trace/trace.ts';
import type { TensorTree } from '../engine/types.ts';
import { median } from './measure.ts';

interface Choice {
  readonly name: string;
  readonly without: Graph;
  readonly with: Graph;
  /** Results are written over the inputs of their names, on the side that has the choice. */
  readonly inPlace?: ReadonlySet<string>;
}

function traced<S extends Signature>(inputs: S, fn: (tensors: TensorsOf<S>) => TensorTree): Graph {
  return trace('choice', fn, inputs).graph;
}

/** A plain training step, as methods compile it. */
function stepOf(network: Network, rows: number): Graph {
  const classes = 10;
  return traced(
    {
      parameters: network.parameters,
      statistics: network.statistics,
      x: float32(rows, sizeOf(network.inputShape)),
      y: int32(rows),
      rate: float32(),
    },
    ({ parameters, statistics, x, y, rate }) => {
      let moved: Tensors = {};
      const { loss, gradients } = lossGradients((p) => {
        const pass = { mode: 'train', statistics, moved: (each: Tensors) => (moved = kept(each)) } as const;
        const logits = network.apply(p, x as Tensor2D, pass);
        const likelihood = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(y as Tensor1D, classes)), 1);
        return { loss: tf.neg(tf.mean(likelihood)) };
      }, parameters);
      return { parameters: sgd().update(parameters, gradients, {}, rate as Scalar).parameters, moved, loss };
    },
  );
}

const kept = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.keep(tensor.clone())]));

function evaluationOf(network: Network, rows: number, folded: boolean): Graph {
  return traced(
    { parameters: network.parameters, statistics: network.statistics, x: float32(rows, sizeOf(network.inputShape)) },
    ({ parameters, statistics, x }) => ({
      // Whoever looks at maps sees them before the norm: nothing is folded then.
      y: network.apply(parameters, x as Tensor2D, {
        mode: 'inference',
        statistics,
        ...(folded ? {} : { mapTap: (_layer, _input, output) => output }),
      }),
    }),
  );
}

const replaced = (graph: Graph, op: string, by: (node: Node) => Node): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node) => (node.op === op ? by(node) : node)),
});

const withoutFusion = (graph: Graph): Graph => nameResults(dropUnreadResults(removeDeadNodes(simplify(graph))));

/** What ONNX would offer for the gradient of a filter: the image convolved with the output's gradient, batch and channels exchanged. */
function exchanged(rows: number, size: number, channels: number): Graph {
  const image = { name: 'x', shape: [rows, channels, size, size], type: 'float32' } as const;
  const gradient = { name: 'dy', shape: [rows, channels, size, size], type: 'float32' } as const;
  const turned = [image, gradient].map(({ name }) => ({
    name: `${name}_t`,
    shape: [channels, rows, size, size],
    type: 'float32' as const,
  }));
  const product = { name: 'w_t', shape: [channels, channels, 3, 3], type: 'float32' } as const;
  const result = { ...product, name: 'result:w' };
  const perm = [1, 0, 2, 3];
  return {
    name: 'exchanged',
    inputs: [image, gradient],
    outputs: [{ name: result.name, value: result }],
    nodes: [
      { op: 'Transpose', inputs: [image], outputs: [turned[0]], attributes: { perm } },
      { op: 'Transpose', inputs: [gradient], outputs: [turned[1]], attributes: { perm } },
      {
        op: 'Conv',
        inputs: turned,
        outputs: [product],
        attributes: { kernel_shape: [size, size], pads: [1, 1, 1, 1] },
      },
      { op: 'Transpose', inputs: [product], outputs: [result], attributes: { perm } },
    ],
  };
}

function filterGradient(rows: number, size: number, channels: number): Graph {
  return optimize(
    traced({ x: float32(rows, channels, size, size), dy: float32(rows, channels, size, size) }, ({ x, dy }) => {
      const images = [x, dy].map((image) => tf.transpose(image, [0, 2, 3, 1]));
      const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, channels, channels] };
      const inputs = { x: images[0], dy: images[1] };
      return {
        w: tf.transpose(tf.engine().runKernel(tf.Conv2DBackpropFilter, inputs, attributes) as never, [3, 2, 0, 1]),
      };
    }),
  );
}

async function choices(): Promise<Choice[]> {
  const block = (await channelBlock()) ?? 1;
  const perceptron = mlp({ inputs: 784, hidden: [400, 400], outputs: 10 });
  const images = { inputShape: [32, 32, 3], outputs: 10 };
  const [slim, cnn] = [slimResnet18(images), smallCnn(images)];
  const small = optimize(stepOf(perceptron, 20));
  const deep = optimize(stepOf(slim, 20));
  const wide = optimize(stepOf(cnn, 32));
  const evaluated = optimize(evaluationOf(slim, 100, true));
  const sign = (graph: Graph) => replaced(graph, 'HardSigmoid', (node) => ({ ...node, op: 'Sign', attributes: {} }));
  const first = 'parameters/hidden1/weight';
  return [
    {
      name: 'MLP step: products take biases and updates along',
      without: withoutFusion(stepOf(perceptron, 20)),
      with: small,
    },
    { name: 'MLP step: no copies of results', without: small, with: await stopBeforeCopies(small) },
    {
      name: 'MLP step: the first weight is written over',
      without: await stopBeforeCopies(small),
      with: await stopBeforeCopies(small),
      inPlace: new Set([first]),
    },
    { name: 'slim ResNet step: steep ramp for ReLU’s derivative', without: sign(deep), with: deep },
    { name: 'CNN step: large convolutions in blocks', without: wide, with: blockChannels(wide, block) },
    ...[
      [32, 20],
      [16, 40],
      [8, 80],
      [4, 160],
    ].map(([size, channels]) => ({
      name: `filter gradient, ${channels} channels, ${size} × ${size}, 20 rows: pixels and a product`,
      without: exchanged(20, size, channels),
      with: filterGradient(20, size, channels),
    })),
    {
      name: 'slim ResNet evaluation: batch norm folded',
      without: optimize(evaluationOf(slim, 100, false)),
      with: evaluated,
    },
    {
      name: 'slim ResNet evaluation: folded, then in blocks',
      without: evaluated,
      with: blockChannels(evaluated, block),
    },
    {
      name: 'CNN evaluation: in blocks',
      without: optimize(evaluationOf(cnn, 100, true)),
      with: blockChannels(optimize(evaluationOf(cnn, 100, true)), block),
    },
    {
      name: 'CNN evaluation: biases in convolutions',
      without: fuseIntoGemm(withoutFusion(evaluationOf(cnn, 100, true))),
      with: foldBias(fuseIntoGemm(withoutFusion(evaluationOf(cnn, 100, true)))),
    },
  ];
}

/** A session with its arrays. @returns a function that runs it once */
async function prepare(graph: Graph, inPlace: ReadonlySet<string> = new Set()) {
  const session = await ort.InferenceSession.create(serialize(removeDeadNodes(graph)), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { set_denormal_as_zero: '1' } },
  });
  const rng = createRng('choices');
  const fill = (count: number) => Float32Array.from({ length: count }, () => 0.05 * rng.normal());
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape, type }) => [
      name,
      type === 'int32'
        ? new ort.Tensor('int32', new Int32Array(sizeOf(shape)), shape)
        : new ort.Tensor(
            'float32',
            name.endsWith('variance') ? fill(sizeOf(shape)).fill(1) : fill(sizeOf(shape)),
            shape,
          ),
    ]),
  );
  const fetches = Object.fromEntries(
    graph.outputs
      .filter(({ value }) => !value.sequence)
      .map(({ name, value }) => {
        const over = name.replace(/^result:/, '');
        return [
          name,
          inPlace.has(over)
            ? feeds[over]
            : new ort.Tensor('float32', new Float32Array(sizeOf(value.shape)), value.shape),
        ];
      }),
  );
  return { run: () => runSession(session, feeds, fetches), release: () => session.release() };
}

const rounds = 15;
for (const choice of await choices()) {
  const sides = [await prepare(choice.without), await prepare(choice.with, choice.inPlace)];
  const times: [number[], number[]] = [[], []];
  for (const { run } of sides) await run();
  const start = performance.now();
  await sides[0].run();
  // Short programs run many times a round, or the clock and the garbage collector would decide.
  const calls = Math.max(1, Math.round(40 / (performance.now() - start)));
  for (let round = 0; round < rounds; round++)
    for (const [side, { run }] of sides.entries()) {
      const begin = performance.now();
      for (let i = 0; i < calls; i++) await run();
      times[side].push((performance.now() - begin) / calls);
    }
  for (const { release } of sides) await release();
  const [before, after] = times.map(median);
  const ratio = median(times[0].map((time, i) => time / times[1][i]));
  process.stdout.write(
    `${choice.name}: ${before.toPrecision(3)} → ${after.toPrecision(3)} ms, ${ratio.toFixed(2)} ×\n`,
  );
}

import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, lossGradients, openEngine, tf, type Scalar, type Tensor, type Tensors } from '../../engine/index.ts';
import { foldConstants, optimize } from '../../engine/onnx/passes/index.ts';
import type { Graph } from '../../engine/onnx/graph.ts';
import { serialize } from '../../engine/onnx/serialize.ts';
import { trace } from '../../engine/trace/trace.ts';

const random = createRng('fold');
const numbers = (...shape: number[]): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.2 + random.uniform()),
    shape,
  );

/** Functions of constants alone, in every operator that folds. */
const functions: Readonly<Record<string, () => Tensor>> = {
  'negative, root and sums': () => tf.sub(tf.neg(numbers(3)), tf.add(tf.sqrt(numbers(3)), 0.1)),
  'products that broadcast': () => tf.mul(tf.div(numbers(2, 1, 3), numbers(4, 1)), numbers(3)),
  'broadcast and reshaped': () => tf.reshape(tf.tile(tf.neg(numbers(1, 3)), [4, 1]), [2, 6]),
  'cast to integers': () => tf.cast(tf.cast(tf.mul(numbers(5), -7.5), 'int32'), 'float32'),
  'cast to booleans': () => tf.cast(tf.cast(tf.sub(numbers(4), numbers(4)), 'bool'), 'float32'),
};

/** The graph's only result for x = 1, by ONNX Runtime without its own passes, which would fold constants too. */
async function run(graph: Graph): Promise<Float32Array> {
  const [{ value }] = graph.outputs;
  const session = await ort.InferenceSession.create(serialize({ ...graph, outputs: [{ name: value.name, value }] }), {
    graphOptimizationLevel: 'disabled',
    executionProviders: ['cpu'],
  });
  const result = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1), []) });
  await session.release();
  return result[value.name].data as Float32Array;
}

test.each(Object.keys(functions))('%s: one node is left, with the bytes that ONNX Runtime computes', async (name) => {
  const { graph } = trace('constant', ({ x }) => ({ y: tf.mul(x, functions[name]()) }), { x: float32() });
  const folded = foldConstants(graph);
  expect(folded.nodes.map(({ op }) => op)).toEqual(['Mul']);
  expect(graph.nodes.length).toBeGreaterThan(1);
  expect(await run(folded)).toEqual(await run(graph));
});

test.each([4, 100])(
  'zeros of %i elements, squared and negated on the way into a result, are zeros everywhere',
  async (count) => {
    const engine = await openEngine('onnx');
    const program = await engine.compile(
      'zeros',
      ({ x }) => ({
        squared: tf.add(tf.mul(x, 0.5), tf.mul(tf.square(tf.zerosLike(x)), 0.1)),
        negated: tf.add(x, tf.neg(tf.zerosLike(x))),
      }),
      { x: float32(count) },
    );
    const x = new Float32Array(count).fill(3);
    const { squared, negated } = await program.run({ x });
    expect(squared).toEqual(new Float32Array(count).fill(1.5));
    expect(negated).toEqual(x);
    await engine.dispose();
  },
);

test.each([[[8]], [[100]], [[40, 30]]])(
  'a product of two constants of equal elements keeps its shape %j',
  async (shape) => {
    const engine = await openEngine('onnx');
    const program = await engine.compile(
      'constants',
      ({ x }) => {
        const product = tf.mul(tf.fill(shape, 2), tf.fill(shape, 3));
        return { sum: tf.mul(x, tf.sum(product)), spread: tf.add(x, product) };
      },
      { x: float32() },
    );
    const { sum, spread } = await program.run({ x: Float32Array.of(1) });
    await engine.dispose();
    const size = shape.reduce((a, b) => a * b, 1);
    expect(sum[0]).toBe(6 * size);
    expect(spread).toEqual(new Float32Array(size).fill(7));
  },
);

test('a large result is left to be computed', () => {
  const { graph } = trace('large', ({ x }) => ({ y: tf.mul(x, tf.tile(tf.neg(numbers(1, 3)), [40, 1])) }), {
    x: float32(40, 3),
  });
  expect(foldConstants(graph).nodes.map(({ op }) => op)).toEqual(['Expand', 'Mul']);
});

test('the mean’s gradient in a loss is a constant', () => {
  const { graph } = trace(
    'mean',
    ({ x }) =>
      lossGradients(({ x: input }: Tensors) => ({ loss: tf.neg(tf.mean(tf.square(input))) as Scalar }), { x })
        .gradients,
    { x: float32(5) },
  );
  const nodes = optimize(graph).nodes;
  expect(nodes.filter(({ inputs }) => inputs.every((input) => input?.data))).toEqual([]);
});

test('results that are constants come out', async () => {
  const engine = await openEngine('onnx');
  const program = await engine.compile('constant', ({ x }) => ({ x, y: tf.neg(tf.scalar(2)) }), { x: float32(1) });
  expect((await program.run({ x: Float32Array.of(1) })).y).toEqual(Float32Array.of(-2));
  await engine.dispose();
});

import { describe, expect, test } from 'vitest';
import {
  float32,
  int32,
  lossGradients,
  mlp,
  openEngine,
  sgd,
  tf,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import { countFlops } from '../../engine/onnx/flops.ts';
import type { Graph } from '../../engine/onnx/graph.ts';
import { optimize } from '../../engine/onnx/passes/index.ts';
import { trace } from '../../engine/trace/trace.ts';
import type { Signature, TensorTree, TensorsOf } from '../../engine/types.ts';

function graphOf<S extends Signature>(inputs: S, fn: (tensors: TensorsOf<S>) => TensorTree): Graph {
  return optimize(trace('test', fn, inputs).graph);
}

const operators = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);

const matrices = { a: float32(4, 3), b: float32(4, 5), p: float32(3, 5), rate: float32() };

describe('what cannot be traced', () => {
  test('an unmapped kernel is named together with the program', () => {
    const fn = ({ x }: { x: unknown }) => ({ y: tf.unique(x as Tensor1D).values });
    expect(() => trace('warp', fn, { x: float32(2) })).toThrow(
      'program warp cannot be compiled: tfjs kernel Unique has no ONNX mapping (the shape of its result depends on values); rewrite the function without it, or run it on an eager engine (--engine wasm or cpu)',
    );
  });

  test('reading a tensor’s values is refused', () => {
    expect(() => trace('peek', ({ x }) => ({ y: tf.mul(x, x.dataSync()[0]) }), { x: float32(2) })).toThrow(
      'program peek cannot be compiled: a traced function may not read the values of its tensors',
    );
  });

  test('a tensor from outside is refused', async () => {
    await tf.setBackend('cpu');
    const outside = tf.tensor1d([1, 2]);
    expect(() => trace('leak', ({ x }) => ({ y: tf.add(x, outside) }), { x: float32(2) })).toThrow(
      /program leak cannot be compiled/,
    );
  });

  test('a failed trace leaves tfjs as it was', async () => {
    await tf.setBackend('cpu');
    expect(() => trace('warp', ({ x }) => ({ y: tf.unique(x).values }), { x: float32(2) })).toThrow('Unique');
    expect(tf.getBackend()).toBe('cpu');
    expect([...tf.add(tf.tensor1d([1]), 2).dataSync()]).toEqual([3]);
  });
});

describe('rewrites', () => {
  test('p − lr·AᵀB with a constant rate is one Gemm', () => {
    const graph = graphOf(matrices, ({ a, b, p }) => ({
      p: tf.sub(p, tf.mul(0.1, tf.matMul(a as Tensor2D, b as Tensor2D, true))),
    }));
    expect(operators(graph)).toEqual(['Gemm']);
    expect(graph.nodes[0].attributes).toMatchObject({ transA: 1, beta: { float: 1 } });
    expect((graph.nodes[0].attributes.alpha as { float: number }).float).toBeCloseTo(-0.1, 7);
  });

  test('p − rate·AᵀB with the rate as an input scales the smaller factor', () => {
    const graph = graphOf(matrices, ({ a, b, p, rate }) => ({
      p: tf.sub(p, tf.mul(rate, tf.matMul(a as Tensor2D, b as Tensor2D, true))),
    }));
    expect(operators(graph)).toEqual(['Mul', 'Gemm']);
    expect(graph.nodes[0].outputs[0].shape).toEqual([4, 3]);
  });

  test('m·v + AᵀB is one Gemm', () => {
    const graph = graphOf(matrices, ({ a, b, p }) => ({
      v: tf.add(tf.mul(0.9, p), tf.matMul(a as Tensor2D, b as Tensor2D, true)),
    }));
    expect(operators(graph)).toEqual(['Gemm']);
    expect((graph.nodes[0].attributes.beta as { float: number }).float).toBeCloseTo(0.9, 6);
  });

  test('a product that is read elsewhere too is left alone', () => {
    const graph = graphOf(matrices, ({ a, b, p }) => {
      const product = tf.matMul(a as Tensor2D, b as Tensor2D, true);
      return { sum: tf.add(p, product), product };
    });
    expect(operators(graph)).toEqual(['Gemm', 'Add']);
  });

  test('what nobody reads is dropped and what is equal is computed once', () => {
    const graph = graphOf({ x: float32(3) }, ({ x }) => {
      tf.exp(x);
      return { y: tf.add(tf.sin(x), tf.mul(2, tf.sin(x))) };
    });
    expect(operators(graph)).toEqual(['Sin', 'Mul', 'Add']);
  });

  test('constants that differ in their sign of zero alone are kept apart', async () => {
    const engine = await openEngine('onnx');
    const program = await engine.compile(
      'zeros',
      ({ x }) => ({ up: tf.div(x, tf.tensor1d([0, 1])), down: tf.div(x, tf.tensor1d([-0, 1])) }),
      { x: float32(2) },
    );
    const { up, down } = await program.run({ x: Float32Array.of(1, 1) });
    expect([up[0], down[0]]).toEqual([Infinity, -Infinity]);
    await engine.dispose();
  });

  test('ReLU’s derivative reads the ReLU of the forward pass', () => {
    const graph = graphOf({ x: float32(2, 3) }, ({ x }) => {
      const { gradients, loss } = lossGradients(
        ({ x: input }: Tensors) => ({ loss: tf.sum(tf.square(tf.relu(input))) }),
        { x },
      );
      return { loss, gradient: gradients.x };
    });
    expect(operators(graph).filter((op) => op === 'Relu')).toHaveLength(1);
    expect(operators(graph)).toContain('HardSigmoid');
    expect(operators(graph)).not.toContain('Greater');
  });

  test('a training step of an MLP holds one Gemm for each product: three forward, two back, three updates', () => {
    const network = mlp({ inputs: 7, hidden: [6, 5], outputs: 4 });
    const inputs = { parameters: network.parameters, x: float32(3, 7), y: int32(3), rate: float32() };
    const graph = graphOf(inputs, ({ parameters, x, y, rate }) => {
      const { gradients, loss } = lossGradients(
        (p) => ({
          loss: tf.neg(tf.mean(tf.mul(tf.logSoftmax(network.apply(p, x as Tensor2D)), tf.oneHot(y as Tensor1D, 4)))),
        }),
        parameters,
      );
      return { parameters: sgd().update(parameters, gradients, {}, rate as never).parameters, loss };
    });
    expect(operators(graph).filter((op) => op === 'Gemm')).toHaveLength(8);
    const biasAdditions = graph.nodes.filter(
      ({ op, outputs }) => op === 'Add' && outputs[0].shape.length === 2 && outputs[0].shape[0] === 3,
    );
    expect(biasAdditions).toEqual([]);
  });
});

describe('results', () => {
  test('may be inputs, constants, or the same value twice', async () => {
    const engine = await openEngine('onnx');
    const program = await engine.compile(
      'echo',
      ({ x }) => {
        const y = tf.mul(x, 2);
        return { x, same: x, y, again: y, one: tf.scalar(1), positive: tf.greater(x, 0), group: { y } };
      },
      { x: float32(2) },
    );
    const result = await program.run({ x: Float32Array.of(-1, 3) });
    expect(result).toEqual({
      x: Float32Array.of(-1, 3),
      same: Float32Array.of(-1, 3),
      y: Float32Array.of(-2, 6),
      again: Float32Array.of(-2, 6),
      one: Float32Array.of(1),
      positive: Int32Array.of(0, 1),
      group: { y: Float32Array.of(-2, 6) },
    });
    await engine.dispose();
  });

  test('go into the arrays that the caller hands in', async () => {
    const engine = await openEngine('onnx');
    const program = await engine.compile('double', ({ x }) => ({ y: tf.mul(x, 2) }), { x: float32(2) });
    const y = new Float32Array(2);
    const result = await program.run({ x: Float32Array.of(1, 2) }, { y });
    expect(result.y).toBe(y);
    expect([...y]).toEqual([2, 4]);
    await engine.dispose();
  });

  test.each(['onnx', 'cpu'] as const)('wrong inputs are named (%s)', async (name) => {
    const engine = await openEngine(name);
    const program = await engine.compile('double', ({ group }) => ({ y: tf.mul(group.x, 2) }), {
      group: { x: float32(2, 3) },
    });
    await expect(program.run({ group: {} } as never)).rejects.toThrow('double: input group/x is missing');
    await expect(program.run({ group: { x: new Float32Array(5) } })).rejects.toThrow(
      'double: input group/x has 5 elements, not 6 (2×3)',
    );
    await expect(program.run({ group: { x: new Int32Array(6) } })).rejects.toThrow(
      'double: input group/x must be a Float32Array',
    );
    await engine.dispose();
  });
});

test('operations are counted as by hand: a linear layer of 3 rows, 4 inputs, 5 outputs with bias and ReLU has 2·3·4·5 + 3·5 + 3·5', () => {
  const inputs = { x: float32(3, 4), w: float32(4, 5), b: float32(5) };
  const graph = graphOf(inputs, ({ x, w, b }) => ({ y: tf.relu(tf.add(tf.matMul(x as Tensor2D, w as Tensor2D), b)) }));
  expect(countFlops(graph)).toBe(120 + 15 + 15);
});

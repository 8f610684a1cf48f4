import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import {
  adam,
  float32,
  lossGradients,
  openEngine,
  sgd,
  tf,
  type LowRankChange,
  type Optimizer,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '../../engine/index.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** Shapes of a layer `[inputs, outputs]` and of two batches that it is trained on. */
const [inputs, outputs, rows, oldRows] = [7, 5, 4, 3];
const weight = float32(inputs, outputs);
const specs = {
  w: weight,
  v: weight,
  x: float32(rows, inputs),
  image: float32(rows, 1, inputs),
  old: float32(oldRows, inputs),
  column: float32(rows, 1),
  target: float32(rows, outputs),
  oldTarget: float32(oldRows, outputs),
  mask: weight,
  rate: float32(),
};
type Inputs = Readonly<Record<keyof typeof specs, Tensor>>;

/** What a step hands out: both matrices, changed. */
type Matrices = { readonly w: Tensor; readonly v: Tensor };

const rng = createRng('low rank');
const draw = (size: number): Float32Array => Float32Array.from({ length: size }, () => rng.uniform() - 0.5);
const feeds = {
  w: draw(inputs * outputs),
  v: draw(inputs * outputs),
  x: draw(rows * inputs),
  image: draw(rows * inputs),
  old: draw(oldRows * inputs),
  column: draw(rows),
  target: draw(rows * outputs),
  oldTarget: draw(oldRows * outputs),
  mask: Float32Array.from({ length: inputs * outputs }, (_, i) => i % 2),
  rate: Float32Array.of(0.3),
};

/** The gradient of Σ tanh(x·w)·target: the layer's delta is no constant. */
function gradientOf(w: Tensor, x: Tensor, target: Tensor, penalty: (w: Tensor) => Scalar = () => tf.scalar(0)): Tensor {
  const { gradients } = lossGradients(
    (p) => ({
      loss: tf.add(tf.sum(tf.mul(tf.tanh(tf.matMul(x as Tensor2D, p.w as Tensor2D)), target)), penalty(p.w)) as Scalar,
    }),
    { w },
  );
  return gradients.w;
}

/** A step of an optimiser whose state for w, if it has any, is v. */
function step(optimizer: Optimizer, gradient: (all: Inputs) => Tensor) {
  return (all: Inputs): Matrices => {
    const { parameters, state } = optimizer.update(
      { w: all.w },
      { w: gradient(all) },
      { w: all.v },
      all.rate as Scalar,
    );
    return { w: parameters.w, v: state.w ?? all.v };
  };
}

const plainGradient = ({ w, x, target }: Inputs): Tensor => gradientOf(w, x, target);

/** The step, compiled and run, and what it says it did. */
async function run(fn: (all: Inputs) => Matrices, follow = ['w', 'v']) {
  const program = await onnx.compile('step', fn, specs, { follow });
  const results = await program.run(feeds);
  return { results, change: program.lastChange?.() ?? null, program };
}

/** mix·S + Σ scales·leftᵀ·right in 64-bit floats. */
function apply({ mix, products }: LowRankChange, matrices: readonly Float32Array[]): number[][] {
  return mix.map((row, i) =>
    Array.from({ length: inputs * outputs }, (_, at) => {
      const [k, j] = [Math.floor(at / outputs), at % outputs];
      let sum = row.reduce((total, value, m) => total + value * matrices[m][at], 0);
      for (const { rows: count, left, right, scales } of products)
        for (let r = 0; r < count; r++) sum += scales[i] * left[r * inputs + k] * right[r * outputs + j];
      return sum;
    }),
  );
}

/** The results of the run are the oracle: what the program says it did must lead to what it did. */
function expectExplained({ results, change }: Awaited<ReturnType<typeof run>>): LowRankChange {
  expect(change).not.toBeNull();
  const explained = apply(change!, [feeds.w, feeds.v]);
  for (const [i, name] of (['w', 'v'] as const).entries())
    results[name].forEach((value, at) => expect(Math.abs(value - explained[i][at])).toBeLessThan(1e-6));
  return change!;
}

describe('the low-rank form of a step', () => {
  test('of plain SGD is w − rate·Xᵀδ', async () => {
    const change = expectExplained(await run(step(sgd(), plainGradient)));
    expect(change.mix).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(change.products).toHaveLength(1);
    const [{ rows: count, left, scales }] = change.products;
    expect(count).toBe(rows);
    expect(left).toBe(feeds.x);
    expect(scales).toEqual([-feeds.rate[0], 0]);
  });

  // With rate 0.3: v′ = m·v + 0.1·w + g and w′ = w − 0.3·v′.
  test.each([
    ['weight decay', sgd({ weightDecay: 0.1 }), [0.97, 0, 0, 1]],
    ['momentum', sgd({ momentum: 0.9 }), [1, -0.27, 0, 0.9]],
    ['momentum and weight decay', sgd({ momentum: 0.9, weightDecay: 0.1 }), [0.97, -0.27, 0.1, 0.9]],
  ])('of SGD with %s leads to its results', async (_, optimizer, mix) => {
    const change = expectExplained(await run(step(optimizer, plainGradient)));
    change.mix.flat().forEach((value, i) => expect(value).toBeCloseTo(mix[i], 6));
    expect(change.products).toHaveLength(1);
  });

  test('of momentum in Nesterov’s form leads to its results', async () => {
    expectExplained(
      await run((all) => {
        const gradient = plainGradient(all);
        const v = tf.add(tf.mul(all.v, 0.9), gradient);
        return { w: tf.sub(all.w, tf.mul(all.rate, tf.add(gradient, tf.mul(v, 0.9)))), v };
      }),
    );
  });

  test('of an update written as w + rate·(−g) leads to its results', async () => {
    expectExplained(
      await run((all) => ({ w: tf.add(all.w, tf.mul(tf.neg(plainGradient(all)), all.rate)), v: tf.neg(all.v) })),
    );
  });

  test('of two gradients, one weighted by a number known only at run time, has two products', async () => {
    const projected = (all: Inputs): Tensor => {
      const [g, h] = [plainGradient(all), gradientOf(all.w, all.old, all.oldTarget)];
      return tf.sub(g, tf.mul(tf.div(tf.sum(tf.mul(g, h)), tf.sum(tf.square(h))), h));
    };
    const { products } = expectExplained(await run(step(sgd({ momentum: 0.5 }), projected)));
    expect(products.map(({ rows: count }) => count)).toEqual([rows, oldRows]);
    expect(products.map(({ left }) => left)).toEqual([feeds.x, feeds.old]);
  });

  test('of two gradients on the same rows has one product', async () => {
    const twice = (all: Inputs): Tensor => tf.add(plainGradient(all), gradientOf(all.w, all.x, tf.square(all.target)));
    const { products } = expectExplained(await run(step(sgd(), twice)));
    expect(products).toHaveLength(1);
  });

  test('looks through a change of the rows’ shape', async () => {
    const onImages = ({ w, image, target }: Inputs): Tensor => gradientOf(w, tf.reshape(image, [rows, inputs]), target);
    const { products } = expectExplained(await run(step(sgd(), onImages)));
    expect(products[0].left).toBe(feeds.image);
  });

  test('is that of the last run', async () => {
    const { program, change } = await run(step(sgd(), plainGradient));
    await program.run({ ...feeds, rate: Float32Array.of(0.5), x: draw(rows * inputs) });
    expect(program.lastChange!().products[0].scales[0]).toBe(-0.5);
    expect(change!.products[0].scales[0]).toBe(-feeds.rate[0]);
  });
});

describe('there is no low-rank form', () => {
  const quadratic = (all: Inputs): Tensor =>
    gradientOf(all.w, all.x, all.target, (w) => tf.sum(tf.mul(all.mask, tf.square(w))));
  test.each<[string, (all: Inputs) => Matrices]>([
    ['with a penalty whose strength differs from weight to weight, as in EWC', step(sgd(), quadratic)],
    [
      'with a mask, as in SET',
      (all) => {
        const { w, v } = step(sgd(), plainGradient)(all);
        return { w: tf.mul(w, all.mask), v };
      },
    ],
    [
      'with Adam',
      (all) => {
        const moments = { 'w/first': all.v, 'w/second': tf.square(all.v), steps: all.rate };
        const { parameters } = adam().update({ w: all.w }, { w: plainGradient(all) }, moments, all.rate as Scalar);
        return { w: parameters.w, v: all.v };
      },
    ],
    [
      'of a layer that reads what another one computed',
      step(sgd(), ({ w, x, target }) => gradientOf(w, tf.relu(x), target)),
    ],
    [
      'with a product that is one row, added to all rows',
      step(sgd(), (all) => tf.add(plainGradient(all), tf.matMul(all.column as Tensor2D, all.target as Tensor2D, true))),
    ],
    [
      'with a product in which the input’s columns are no rows of a batch',
      step(sgd(), (all) => {
        const square: Tensor2D = tf.matMul(all.target as Tensor2D, all.target as Tensor2D, true);
        return tf.add(plainGradient(all), tf.matMul(all.mask as Tensor2D, square));
      }),
    ],
    ['with clipped gradients', step(sgd(), (all) => tf.clipByValue(plainGradient(all), -0.1, 0.1))],
  ])('%s', async (_, fn) => {
    const { change, program } = await run(fn);
    expect(change).toBeNull();
    expect(program.lastChange).toBeUndefined();
  });

  test('on an engine that does not analyse programs', async () => {
    const wasm = await openEngine('wasm');
    const program = await wasm.compile('step', step(sgd(), plainGradient), specs, { follow: ['w', 'v'] });
    await program.run(feeds);
    expect(program.lastChange).toBeUndefined();
    await wasm.dispose();
  });
});

test('following changes no bit of the results and no count of operations', async () => {
  const fn = step(sgd({ momentum: 0.9, weightDecay: 0.1 }), plainGradient);
  const [followed, plain] = [await run(fn), await run(fn, [])];
  expect(plain.change).toBeNull();
  expect(followed.results).toEqual(plain.results);
  expect(followed.program.flops).toBe(plain.program.flops);
  expect(followed.program.outputs).toEqual(plain.program.outputs);
});

import { afterAll, describe, expect, test } from 'vitest';
import { adam, adamw, allocate, float32, openEngine, sgd, type Arrays, type Optimizer } from '../../engine/index.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** The parameter, which starts at `from`, after each update with one of the gradients. */
async function walk(optimizer: Optimizer, rate: number, from: number, gradients: readonly number[]): Promise<number[]> {
  const specs = { parameters: { w: float32(1) }, optimizer: optimizer.init({ w: float32(1) }) };
  const program = await onnx.compile(
    optimizer.name,
    ({ parameters, optimizer: state, gradient, lr }) => optimizer.update(parameters, gradient, state, lr as never),
    { ...specs, gradient: { w: float32(1) }, lr: float32() },
  );
  let current: { parameters: Arrays; state: Arrays } = {
    parameters: { w: Float32Array.of(from) },
    state: allocate(specs.optimizer),
  };
  const reached: number[] = [];
  for (const gradient of gradients) {
    const { parameters, state } = await program.run({
      parameters: current.parameters as { w: Float32Array },
      optimizer: current.state,
      gradient: { w: Float32Array.of(gradient) },
      lr: Float32Array.of(rate),
    });
    current = { parameters, state };
    reached.push(current.parameters.w[0]);
  }
  return reached;
}

/** Sequences worked by hand from the formulas in PyTorch's documentation of `torch.optim.SGD` and `torch.optim.Adam`. */
describe('updates are those of PyTorch', () => {
  test.each([
    {
      name: 'sgd',
      optimizer: sgd(),
      rate: 0.1,
      // 1 − 0.1·0.5; 0.95 − 0.1·0.25.
      expected: [0.95, 0.925],
    },
    {
      name: 'sgd with weight decay',
      optimizer: sgd({ weightDecay: 0.1 }),
      rate: 0.1,
      // g = 0.5 + 0.1·1 = 0.6; g = 0.25 + 0.1·0.94 = 0.344.
      expected: [0.94, 0.9056],
    },
    {
      name: 'sgd with momentum',
      optimizer: sgd({ momentum: 0.9 }),
      rate: 0.1,
      // v = 0.5 (not damped at the start); v = 0.9·0.5 + 0.25 = 0.7.
      expected: [0.95, 0.88],
    },
    {
      name: 'sgd with momentum and weight decay',
      optimizer: sgd({ momentum: 0.9, weightDecay: 0.1 }),
      rate: 0.1,
      // g = v = 0.6; g = 0.25 + 0.094 = 0.344, v = 0.54 + 0.344 = 0.884.
      expected: [0.94, 0.8516],
    },
    {
      name: 'adam',
      optimizer: adam(),
      rate: 0.1,
      // m = 0.05, v = 0.00025: m̂/√v̂ = 0.5/0.5. m = 0.07, v = 0.00031225: m̂ = 0.07/0.19, v̂ = 0.00031225/0.001999.
      expected: [0.9, 0.9 - (0.1 * (0.07 / 0.19)) / Math.sqrt(0.00031225 / 0.001999)],
    },
    {
      name: 'adam with weight decay in the loss',
      optimizer: adam({ weightDecay: 0.5 }),
      rate: 0.1,
      // g = 0.5 + 0.5·1 = 1: one step of 0.1. g = 0.25 + 0.5·0.9 = 0.7; m = 0.09 + 0.07, v = 0.000999 + 0.00049.
      expected: [0.9, 0.9 - (0.1 * (0.16 / 0.19)) / Math.sqrt(0.001489 / 0.001999)],
    },
  ])('$name', async ({ optimizer, rate, expected }) => {
    (await walk(optimizer, rate, 1, [0.5, 0.25])).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
  });

  test('adam adds ε to the root of the corrected second moment, not under it', async () => {
    // m̂ = g, √v̂ = g: half a step where ε = g.
    expect((await walk(adam({ epsilon: 1e-4 }), 0.1, 1, [1e-4]))[0]).toBeCloseTo(0.95, 5);
    // Second step with the same gradient: m̂ and v̂ are the same again.
    expect((await walk(adam({ epsilon: 1e-4 }), 0.1, 1, [1e-4, 1e-4]))[1]).toBeCloseTo(0.9, 5);
  });
});

/** `torch.optim` of PyTorch 2.13 in 64 bits: rate, gradients 0.5, 0.25, −1, 0.125, from 1. */
describe('four steps are those of PyTorch 2.13', () => {
  test.each([
    {
      name: 'SGD, momentum 0.9, nesterov',
      optimizer: sgd({ momentum: 0.9, nesterov: true }),
      rate: 0.1,
      expected: [0.905, 0.817, 0.9503, 0.95652],
    },
    {
      name: 'SGD, momentum 0.9, nesterov, weight_decay 0.1',
      optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
      rate: 0.1,
      expected: [0.886, 0.773066, 0.877211146, 0.84748236],
    },
    {
      name: 'AdamW, weight_decay 0.5',
      optimizer: adamw({ weightDecay: 0.5 }),
      rate: 0.1,
      expected: [0.850000002, 0.71428204, 0.699203641, 0.674739428],
    },
    {
      name: 'AdamW, weight_decay 0.01 (default), betas 0.8 and 0.99, eps 0.01',
      optimizer: adamw({ beta1: 0.8, beta2: 0.99, epsilon: 1e-2 }),
      rate: 0.05,
      expected: [0.950480392, 0.905389201, 0.919544398, 0.926564753],
    },
    {
      name: 'AdamW without decay, which is Adam',
      optimizer: adamw({ weightDecay: 0 }),
      rate: 0.1,
      expected: [0.900000002, 0.80678204, 0.827417743, 0.837913713],
    },
    {
      name: 'Adam',
      optimizer: adam(),
      rate: 0.1,
      expected: [0.900000002, 0.80678204, 0.827417743, 0.837913713],
    },
  ])('$name', async ({ optimizer, rate, expected }) => {
    const reached = await walk(optimizer, rate, 1, [0.5, 0.25, -1, 0.125]);
    expect(reached).toHaveLength(4);
    reached.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
  });

  test('Nesterov momentum without momentum is refused', () => {
    expect(() => sgd({ nesterov: true })).toThrow('Nesterov momentum needs a momentum above 0');
  });
});

test('sgd without momentum keeps no state, with it one number a parameter, adam two and the number of steps', () => {
  const w = float32(2, 3);
  expect(sgd().init({ w })).toEqual({});
  expect(sgd({ momentum: 0.9 }).init({ w })).toEqual({ w });
  expect(sgd({ momentum: 0.9, nesterov: true }).init({ w })).toEqual({ w });
  expect(adamw().init({ w })).toEqual(adam().init({ w }));
  expect(adam().init({ w })).toEqual({ 'w/first': w, 'w/second': w, steps: float32() });
});

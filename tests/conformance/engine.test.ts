import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import {
  allocate,
  float32,
  lossGradients,
  openEngine,
  sizeOf,
  tf,
  type Arrays,
  type Engine,
  type Scalar,
  type Tensors,
} from '../../engine/index.ts';
import { engineCases, type EngineCase } from './engineCases.ts';
import { batch, compileStep, network } from './engineStep.ts';

/** Largest difference from tfjs's `cpu` backend, relative to the larger of 1 and the value: both compute in 32-bit floats. */
const tolerance = 2e-5;

const opened: Record<string, Engine | string> = {};
for (const name of ['onnx', 'wasm'] as const) opened[name] = await openEngine(name);
// What a machine may lack: it is skipped, with the reason that a user would be told.
opened.tensorflow = await openEngine('tensorflow').catch((error: Error) => error.message);
for (const provider of ['cuda', 'webgpu'] as const)
  opened[`onnx on ${provider}`] = await openEngine('onnx', { provider }).catch((error: Error) => error.message);
const reference = await openEngine('cpu');

/** Kernels that a backend lacks, with the reason that its suite says so. */
const lacking: Record<string, Record<string, string>> = {
  wasm: {
    sign: 'tfjs-backend-wasm has no kernel Sign',
    expm1: 'tfjs-backend-wasm has no kernel Expm1',
    log1p: 'tfjs-backend-wasm has no kernel Log1p',
    softplus: 'tfjs-backend-wasm has no kernel Softplus',
    erf: 'tfjs-backend-wasm has no kernel Erf',
    isNaN: 'tfjs-backend-wasm has no kernel IsNan',
    einsum: 'tfjs-backend-wasm has no kernel Einsum',
    prelu: 'tfjs-backend-wasm does not broadcast the slope',
    'fusedMatMulPrelu,': 'tfjs-backend-wasm takes one slope for all columns',
    gatherBatched: 'tfjs-backend-wasm gathers other rows than cpu where each batch has indices of its own',
    castBool: 'tfjs-backend-wasm casts floats to bool by their bytes',
  },
};

/** Kernels whose gradient a backend lacks or gets wrong: only their value is compared. */
const lackingGradient: Record<string, Record<string, string>> = {
  wasm: {
    gather: 'tfjs-backend-wasm has no kernel UnsortedSegmentSum, the gradient of GatherV2',
    conv2d: 'tfjs-backend-wasm has no kernel Conv2DBackpropFilter',
    fusedConv2d: 'tfjs-backend-wasm has no kernel Conv2DBackpropFilter',
    depthwiseConv2d: 'tfjs-backend-wasm has no kernel DepthwiseConv2dNativeBackpropInput',
    'layouts:': 'tfjs-backend-wasm has no kernel Conv2DBackpropFilter',
    maxPool: 'tfjs-backend-wasm finds no largest value in windows of negative ones',
  },
};

afterAll(async () => {
  for (const engine of Object.values(opened)) if (typeof engine !== 'string') await engine.dispose();
});

function inputsOf({ shapes, range: [low, high] = [-2, 2], name }: EngineCase): Arrays {
  const rng = createRng(name);
  return Object.fromEntries(
    shapes.map((shape, i) => [
      `x${i}`,
      Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * rng.uniform()),
    ]),
  );
}

async function evaluate(engine: Engine, testCase: EngineCase): Promise<Record<string, Float32Array>> {
  const inputs = { x: Object.fromEntries(testCase.shapes.map((shape, i) => [`x${i}`, float32(...shape)])) };
  const program = await engine.compile(
    testCase.name,
    ({ x }) => {
      const tensors = Object.values(x as Tensors);
      const value = testCase.fn(...tensors);
      if (testCase.gradient === false) return { value, gradients: {} as Tensors };
      const { gradients } = lossGradients((parameters) => {
        const result = testCase.fn(...Object.values(parameters));
        // Different weights for every element, or errors in their order would cancel.
        const weights = tf.tensor(
          Float32Array.from({ length: result.size }, (_, i) => 1 + 0.1 * (i % 11)),
          result.shape,
        );
        return { loss: tf.sum(tf.mul(result, weights)) as Scalar };
      }, x as Tensors);
      return { value, gradients };
    },
    inputs,
  );
  const { value, gradients } = await program.run({ x: inputsOf(testCase) } as never);
  await program.dispose();
  return { value, ...(gradients as Arrays) } as Record<string, Float32Array>;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - b[i]) / Math.max(1, Math.abs(b[i]))),
    0,
  );
}

async function trainSteps(engine: Engine, count: number, seed = 1): Promise<{ parameters: Arrays; losses: number[] }> {
  const rng = createRng(seed);
  const program = await compileStep(engine);
  let parameters = network.init(rng);
  let state = allocate(network.parameters);
  const losses: number[] = [];
  for (let i = 0; i < count; i++) {
    const x = Float32Array.from({ length: batch * 20 }, () => rng.normal());
    const y = Int32Array.from({ length: batch }, (_, row) => (x[row * 20] > 0 ? 1 : 0) + (x[row * 20 + 1] > 0 ? 2 : 0));
    const result = await program.run({ parameters, state, x, y, rate: Float32Array.of(0.05) } as never);
    parameters = result.parameters as Arrays;
    state = result.state as Arrays;
    losses.push((result.loss as Float32Array)[0]);
  }
  return { parameters, losses };
}

describe.each(Object.keys(opened))('engine %s equals tfjs cpu', (name) => {
  const engine = opened[name];
  if (typeof engine === 'string') {
    test.skip(`skipped: ${engine}`, () => {});
    return;
  }
  for (const testCase of engineCases) {
    const kernel = testCase.name.split(' ')[0];
    const reason = lacking[name]?.[kernel];
    const withoutGradient = lackingGradient[name]?.[kernel];
    const what = testCase.gradient === false || withoutGradient ? 'value' : 'value and gradient';
    if (reason) test.skip(`${testCase.name}: ${reason}`, () => {});
    else
      test(`${testCase.name}: ${what} within ${tolerance}`, async () => {
        const compared = withoutGradient ? { ...testCase, gradient: false } : testCase;
        const expected = await evaluate(reference, compared);
        const actual = await evaluate(engine, compared);
        expect(Object.keys(actual)).toEqual(Object.keys(expected));
        for (const [key, values] of Object.entries(expected))
          expect(largestDifference(actual[key], values), key).toBeLessThan(tolerance);
      });
    if (withoutGradient && testCase.gradient !== false)
      test.skip(`${testCase.name}: gradient: ${withoutGradient}`, () => {});
  }

  test('one step of an MLP with momentum and weight decay is within 1e-6', async () => {
    const expected = await trainSteps(reference, 1);
    const actual = await trainSteps(engine, 1);
    for (const [key, values] of Object.entries(expected.parameters))
      expect(largestDifference(actual.parameters[key], values), key).toBeLessThan(1e-6);
  });

  test('200 steps from the same start stay together within 1e-3', async () => {
    const expected = await trainSteps(reference, 200);
    const actual = await trainSteps(engine, 200);
    expect(largestDifference(actual.losses, expected.losses)).toBeLessThan(1e-3);
    for (const [key, values] of Object.entries(expected.parameters))
      expect(largestDifference(actual.parameters[key], values), key).toBeLessThan(1e-3);
    expect(actual.losses.at(-1)).toBeLessThan(actual.losses[0] / 2);
  });

  test('the same seed gives the same bytes, another seed others', async () => {
    const first = await trainSteps(engine, 30);
    const second = await trainSteps(engine, 30);
    const other = await trainSteps(engine, 30, 2);
    expect(second).toEqual(first);
    expect(other.losses).not.toEqual(first.losses);
  });
});

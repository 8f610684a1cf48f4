import { afterAll, expect, test } from 'vitest';
import {
  float32,
  lossGradients,
  mapTensors,
  openEngine,
  resnet18,
  resnet32,
  sizeOf,
  smallCnn,
  tf,
  type Arrays,
  type Network,
  type Tensor2D,
  type Tensors,
} from '../../../engine/index.ts';
import { distance, pytorch, summarize, waves, wavyParameters } from './pytorch.ts';

const cpu = await openEngine('cpu');
const wasm = await openEngine('wasm');
const onnx = await openEngine('onnx');
afterAll(async () => {
  await cpu.dispose();
  await wasm.dispose();
  await onnx.dispose();
});

const networks: Readonly<Record<string, Network>> = {
  cnn: smallCnn({ inputShape: [5, 7, 2], outputs: 3, channels: [4, 6], hidden: 8 }),
  cnnBatch: smallCnn({ inputShape: [8, 8, 1], outputs: 3, channels: [4, 6], hidden: 8, norm: 'batch' }),
  resnet18: resnet18({ inputShape: [9, 8, 3], outputs: 4, filters: 3 }),
  resnet18Group: resnet18({ inputShape: [16, 16, 1], outputs: 4, filters: 4, norm: 'group', head: 'cosine' }),
  resnet32: resnet32({ inputShape: [8, 8, 3], outputs: 3, filters: 2 }),
};

const cases = [cpu, wasm, onnx].flatMap((engine) =>
  Object.keys(networks).map((name) => ({ engine, on: engine.name, name })),
);

test.each(cases)('$name on $on is that of PyTorch: logits, loss, gradients, running statistics', async (each) => {
  const network = networks[each.name];
  const expected = pytorch.networks[each.name];
  const { parameters, statistics, inputShape, layers } = network;
  const rows = 3;
  const inputs = { parameters, statistics, x: float32(rows, sizeOf(inputShape)) };
  const x = waves([rows, sizeOf(inputShape)], 0.37);

  const step = await each.engine.compile(
    'step',
    (given) => {
      let running: Tensors = {};
      const { loss, gradients, aux } = lossGradients((p) => {
        const logits = network.apply(p, given.x as Tensor2D, {
          mode: 'train',
          statistics: given.statistics,
          moved: (moved) => (running = mapTensors(moved, (tensor) => tf.keep(tensor.clone()))),
        });
        const labels = tf.oneHot([0, 1, 2], layers.at(-1)!.outputs);
        return { loss: tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), 1))), aux: { logits } };
      }, given.parameters);
      return { logits: aux.logits, loss, gradients, running };
    },
    inputs,
  );
  const start = { parameters: wavyParameters(network), statistics: network.initStatistics(), x };
  const trained = await step.run(start);
  expect(distance(trained.logits, expected.train)).toBeLessThan(1e-4);
  expect(distance(trained.loss, expected.loss)).toBeLessThan(1e-4);
  const gradients = Object.entries(trained.gradients as Arrays).flatMap(([name, gradient]) =>
    summarize(gradient, parameters[name].shape),
  );
  // Sums of up to thousands of terms, through up to 31 layers in 32-bit floats.
  expect(distance(gradients, expected.gradients)).toBeLessThan(5e-4);
  const running = trained.running as Arrays;
  expect(Object.keys(running)).toEqual(Object.keys(statistics));
  expect(distance(Object.values(running).flatMap((values) => [...values]), expected.running)).toBeLessThan(1e-4); // prettier-ignore

  for (const mode of ['inference', 'frozen'] as const) {
    const program = await each.engine.compile(
      mode,
      (given) => ({
        logits: network.apply(given.parameters, given.x as Tensor2D, { mode, statistics: given.statistics }),
      }),
      inputs,
    );
    const { logits } = await program.run({ ...start, statistics: running });
    expect(distance(logits, expected.inference)).toBeLessThan(1e-4);
  }
});

import { afterAll, describe, expect, test } from 'vitest';
import { float32, lossGradients, openEngine, tf, type Tensor4D } from '../../../engine/index.ts';
import { convolution } from '../../../engine/nets/layers/convolution.ts';
import { maxPool2 } from '../../../engine/nets/layers/maxPool2.ts';
import { distance, pytorch, waves } from './pytorch.ts';

const cpu = await openEngine('cpu');
const wasm = await openEngine('wasm');
const onnx = await openEngine('onnx');
afterAll(async () => {
  await cpu.dispose();
  await wasm.dispose();
  await onnx.dispose();
});

describe.each([
  ['cpu', cpu],
  ['wasm', wasm],
  ['onnx', onnx],
] as const)('on %s', (_, engine) => {
  // prettier-ignore
  test.each(pytorch.convolution)(
    'a convolution of $size with kernel $kernel and stride $stride is that of PyTorch, and so are its gradients',
    async ({ size, kernel, stride, shape, y, dx, df }) => {
      const [xShape, fShape] = [[2, ...size, 2], [3, 2, kernel, kernel]]; // prettier-ignore
      const program = await engine.compile(
        'convolution',
        ({ x, filter, seen }) => {
          const { aux, gradients } = lossGradients(
            (given) => {
              const output = convolution(given.x as Tensor4D, given.filter as Tensor4D, stride);
              return { loss: tf.sum(tf.mul(output, seen)), aux: { output } };
            },
            { x, filter },
          );
          return { output: aux.output, gradients };
        },
        { x: float32(...xShape), filter: float32(...fShape), seen: float32(...shape) },
      );
      const { output, gradients } = await program.run({
        x: waves(xShape, 0.7),
        filter: waves(fShape, 1.3),
        seen: waves(shape, 0.9, 0.2),
      });
      expect(program.outputs.output).toEqual(float32(...shape));
      expect(distance(output, y)).toBeLessThan(1e-5);
      expect(distance(gradients.x, dx)).toBeLessThan(1e-5);
      expect(distance(gradients.filter, df)).toBeLessThan(1e-5);
    },
  );

  test.each(pytorch.pool)(
    'maximum pooling of $size is that of PyTorch, and its gradient goes to the same one of equal values',
    async ({ size, y, dx }) => {
      const shape = [2, ...size, 3];
      const out = [2, size[0] >> 1, size[1] >> 1, 3];
      const program = await engine.compile(
        'pool',
        ({ x, seen }) => {
          const { aux, gradients } = lossGradients(
            (given) => {
              const output = maxPool2(given.x as Tensor4D);
              return { loss: tf.sum(tf.mul(output, seen)), aux: { output } };
            },
            { x },
          );
          return { output: aux.output, gradients };
        },
        { x: float32(...shape), seen: float32(...out) },
      );
      const x = waves(shape, 0.7).map((v) => Math.round(2 * v));
      const { output, gradients } = await program.run({ x, seen: waves(out, 0.9, 0.2) });
      expect(program.outputs.output).toEqual(float32(...out));
      expect(distance(output, y)).toBeLessThan(1e-6);
      expect(distance(gradients.x, dx)).toBeLessThan(1e-5);
    },
  );
});

import { afterAll, expect, test, vi } from 'vitest';
import { float32, lossGradients, tf, type Scalar, type Tensor, type Tensors } from '../../engine/index.ts';
import { kernels } from '../../engine/trace/kernels/index.ts';
import { Recorder } from '../../engine/trace/recorder.ts';
import { trace } from '../../engine/trace/trace.ts';
import { engineCases } from './engineCases.ts';

const recorded = vi.spyOn(Recorder.prototype, 'run');
afterAll(() => recorded.mockRestore());

test('the cases that are compared with tfjs cpu reach every mapped kernel', () => {
  const reached = new Set<string>();
  for (const { name, shapes, fn, gradient } of engineCases) {
    recorded.mockClear();
    const inputs = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, float32(...shape)]));
    trace(
      name,
      (all) => {
        const given = all as Tensors;
        const value: Tensor = fn(...Object.values(given));
        if (gradient === false) return { value, gradients: {} as Tensors };
        const { gradients } = lossGradients(
          (parameters) => ({ loss: tf.sum(fn(...Object.values(parameters))) as Scalar }),
          given,
        );
        return { value, gradients };
      },
      inputs,
    );
    for (const [kernel] of recorded.mock.calls) reached.add(kernel);
  }
  expect(Object.keys(kernels).filter((kernel) => !reached.has(kernel))).toEqual([]);
});

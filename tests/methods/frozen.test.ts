import { afterAll, describe, expect, test } from 'vitest';
import { adam, adamw, float32, mlp, openEngine, sgd, type Arrays, type Optimizer } from '../../engine/index.ts';
import { allocateRows, asRows, createTrainer, putBatch, rowSpecs, type GradientSizes } from '../../methods/index.ts';
import { freeOutputs, newOutputs } from '../../methods/shared/frozen.ts';
import { batchOf, blobStream, setupFor } from './fixtures.ts';

const engines = { onnx: await openEngine('onnx'), wasm: await openEngine('wasm') };
afterAll(() => Promise.all(Object.values(engines).map((engine) => engine.dispose())));

const optimizers: Record<string, Optimizer> = {
  'sgd with momentum and decay': sgd({ momentum: 0.9, weightDecay: 0.1 }),
  adam: adam({ weightDecay: 0.1 }),
  adamw: adamw({ weightDecay: 0.1 }),
};
const stream = blobStream('split', 'class');
const network = mlp({ inputs: 16, hidden: [8], outputs: 4, head: 'cosine' });
const rows = allocateRows(8, 16);
putBatch(rows, batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7]), 0, 1 / 8);

describe.each(Object.entries(engines))('on %s', (_, engine) => {
  test.each(Object.entries(optimizers))(
    'what a step with %s is not to move stays, to the bit',
    async (_name, optimizer) => {
      const sizes: GradientSizes[] = [];
      const setup = setupFor('finetune', { engine, stream, network, optimizer, rate: 0.1 });
      const onGradients = (measured: GradientSizes) => sizes.push(measured);
      const trainer = createTrainer({ ...setup, training: { ...setup.training, onGradients } });
      const inputs = { rows: rowSpecs(8, 16) };
      const loss = (parameters: Parameters<typeof trainer.classifier.loss>[0], given: { rows: typeof parameters }) => ({
        loss: trainer.classifier.loss(parameters, asRows(given.rows)),
        stability: () => trainer.classifier.loss(parameters, asRows(given.rows)),
      });
      const free = await trainer.compileLoss('free', inputs, loss);
      const partly = await trainer.compileLoss('partly', { ...inputs, free: float32(4) }, loss, {
        moves: (name, given) => freeOutputs(network, given.free, name === 'hidden1/bias')(name),
      });
      // So that there is momentum to be kept from what is frozen.
      await free({ rows });
      const copy = (arrays: Arrays): Arrays => structuredClone(arrays);
      const before = { ...copy(trainer.parameters), ...copy(trainer.optimizerState) };
      await partly({ rows, free: Float32Array.of(0, 1, 0, 1) });
      const after = { ...trainer.parameters, ...trainer.optimizerState };
      const expected = (key: string): number[] => {
        if (key.startsWith('hidden1/bias')) return [0, 1, 2, 3];
        return key.startsWith('output/weight') ? [1, 3] : [];
      };
      for (const [key, values] of Object.entries(after).filter(([each]) => each !== 'steps')) {
        const moved = new Set([...values].flatMap((value, i) => (value === before[key][i] ? [] : [i % 4])));
        expect([...moved].toSorted(), key).toEqual(expected(key));
      }
      expect(after.steps?.[0]).toBe(before.steps && before.steps[0] + 1);
      // The gradient is what the optimiser was given: less than the whole one, on its stability side as well.
      const [whole, part] = sizes;
      expect(part.l2).toBeGreaterThan(0);
      expect(part.l2).toBeLessThan(whole.l2);
      expect(part.sides!.stability).toBeCloseTo(part.l2, 5);
      expect(part.sides!.plasticity).toBeCloseTo(0, 5);
    },
  );
});

test('new outputs are those of a task that no earlier one has', () => {
  const info = { outputCount: 6, taskOutputs: [[0, 1], [1, 4], [0, 4]] }; // prettier-ignore
  expect([0, 1, 2].map((task) => [...newOutputs(info, task)])).toEqual([
    [1, 1, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 0],
    [0, 0, 0, 0, 0, 0],
  ]);
});

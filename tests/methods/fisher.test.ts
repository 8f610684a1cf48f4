import { afterAll, describe, expect, test } from 'vitest';
import { openEngine, type Arrays, type Network } from '../../engine/index.ts';
import { createTrainer } from '../../methods/index.ts';
import { createFisherPass } from '../../methods/shared/fisher.ts';
import type { FisherVariant } from '../../methods/shared/fisherLabels.ts';
import { blobStream, forward, logSoftmax, setupFor, taskOf } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

interface Case {
  readonly variant: FisherVariant;
  readonly scenario: 'class' | 'task';
  readonly hidden: readonly number[];
  readonly rows: Int32Array;
}

/** The pass's result, and all that an oracle needs to get there by itself. */
async function measure({ variant, scenario, hidden, rows }: Case) {
  const stream = blobStream('split', scenario);
  const setup = setupFor('ewc', { engine: onnx, stream, hidden });
  // Far from small logits, so that the probabilities differ.
  const initial = Object.fromEntries(
    Object.entries(setup.initial).map(([name, values]) => [name, values.map((v) => 4 * v)]),
  );
  const trainer = createTrainer({ ...setup, initial });
  const pass = await createFisherPass(setup, trainer, variant);
  const task = taskOf(stream, 1);
  const fisher = await pass(task, rows);
  const inputs = new Float32Array(16 * task.train.length);
  task.train.read([...task.train.labels.keys()], inputs);
  const row = (i: number) => inputs.subarray(16 * i, 16 * (i + 1));
  const competing = scenario === 'task' ? task.outputs : [0, 1, 2, 3];
  return { fisher, initial, network: setup.network, row, labels: task.train.labels, competing };
}

const scenarios = ['class', 'task'] as const;
const variants = ['exact', 'empirical'] as const;
const cases = scenarios.flatMap((scenario) => variants.map((variant) => ({ scenario, variant })));
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(cases)('the $variant Fisher diagonal in the $scenario scenario', ({ scenario, variant }) => {
  test('of a linear softmax classifier is the mean of x²·p(1−p), or x²·(1[y]−p)² (closed form)', async () => {
    // 130 rows, some of them twice: more than the pass handles at once, the last part short.
    const rows = Int32Array.from({ length: 130 }, (_, i) => (7 * i) % 44);
    const { fisher, initial, network, row, labels, competing } = await measure({ variant, scenario, hidden: [], rows });
    const factors = [...rows].map((i) => {
      const p = logSoftmax(forward(network, initial, row(i)), competing).map(Math.exp);
      return p.map((pk, k) => (variant === 'exact' ? pk * (1 - pk) : ((labels[i] === k ? 1 : 0) - pk) ** 2));
    });
    for (let k = 0; k < 4; k++) {
      expect(fisher['output/bias'][k]).toBeCloseTo(mean(factors.map((factor) => factor[k])), 6);
      for (let j = 0; j < 16; j++) {
        const expected = mean([...rows].map((i, n) => row(i)[j] ** 2 * factors[n][k]));
        expect(fisher['output/weight'][4 * j + k]).toBeCloseTo(expected, 6);
      }
    }
  });

  test('of a network with a hidden layer is a loop over rows with central differences in 64-bit floats', async () => {
    const rows = Int32Array.of(0, 9, 18);
    const { fisher, initial, network, row, labels, competing } = await measure({
      variant,
      scenario,
      hidden: [3],
      rows,
    });
    const logs = (parameters: Record<string, ArrayLike<number>>, i: number) =>
      logSoftmax(forward(network, parameters, row(i)), competing);
    for (const name of Object.keys(initial))
      for (let place = 0; place < initial[name].length; place++) {
        const terms = [...rows].flatMap((i) => {
          const slopes = slopesOf((parameters) => logs(parameters, i), initial, name, place);
          const weights = logs(initial, i).map((log, k) =>
            variant === 'exact' ? Math.exp(log) : Number(labels[i] === k),
          );
          return competing.map((k) => weights[k] * slopes[k] ** 2);
        });
        const expected = terms.reduce((sum, term) => sum + term, 0) / rows.length;
        expect(Math.abs(fisher[name][place] - expected)).toBeLessThan(1e-5 * Math.max(1, expected));
      }
  });
});

/** d fn(parameters) / d parameters[name][place] by central differences. */
function slopesOf(
  fn: (parameters: Record<string, ArrayLike<number>>) => number[],
  parameters: Arrays,
  name: string,
  place: number,
): number[] {
  const h = 1e-6;
  const at = (shift: number) => {
    const moved = Float64Array.from(parameters[name]);
    moved[place] += shift;
    return fn({ ...parameters, [name]: moved });
  };
  const [above, below] = [at(h), at(-h)];
  return above.map((value, k) => (value - below[k]) / (2 * h));
}

test('the mean over rows of squares is not the square of the batch’s mean gradient', async () => {
  const rows = Int32Array.from({ length: 44 }, (_, i) => i);
  const { fisher, initial, network, row, labels, competing } = await measure({
    variant: 'empirical',
    scenario: 'task',
    hidden: [],
    rows,
  });
  const residual = (i: number, k: number) =>
    Number(labels[i] === k) - Math.exp(logSoftmax(forward(network as Network, initial, row(i)), competing)[k]);
  const batched = mean([...rows].map((i) => residual(i, 2))) ** 2;
  expect(fisher['output/bias'][2]).toBeGreaterThan(2 * batched);
});

import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, openEngine, type Arrays, type Network, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import { createTrainer } from '../../methods/index.ts';
import { createFisherPass } from '../../methods/shared/fisher.ts';
import { drawLabels, type FisherVariant } from '../../methods/shared/fisherLabels.ts';
import { blobStream, forward, logSoftmax, setupFor, taskOf } from './fixtures.ts';

const onnx = await openEngine('onnx');
const cpu = await openEngine('cpu');
afterAll(async () => {
  await onnx.dispose();
  await cpu.dispose();
});

interface Case {
  readonly variant: FisherVariant;
  readonly scenario: 'class' | 'task';
  readonly hidden: readonly number[];
  readonly rows: Int32Array;
  readonly tasks?: number;
  readonly seed?: number;
}

/** The pass's result, and all that an oracle needs to get there by itself. */
async function measure({ variant, scenario, hidden, rows, tasks = 2, seed }: Case) {
  const stream = blobStream('split', scenario, tasks);
  const { initial: start, ...setup } = setupFor('ewc', { engine: onnx, stream, hidden });
  if (seed !== undefined) setup.rng.restore(createRng(seed).state());
  // Far from small logits, so that the probabilities differ.
  const initial = Object.fromEntries(Object.entries(start).map(([name, values]) => [name, values.map((v) => 4 * v)]));
  const trainer = createTrainer({ ...setup, initial });
  const pass = await createFisherPass({ ...setup, initial }, trainer, variant);
  const task = taskOf(stream, 1);
  const fisher = await pass(task, rows);
  const inputs = new Float32Array(16 * task.train.length);
  task.train.read([...task.train.labels.keys()], inputs);
  const row = (i: number) => inputs.subarray(16 * i, 16 * (i + 1));
  const competing = scenario === 'task' ? task.outputs : [...Array(stream.outputCount).keys()];
  return { fisher, initial, network: setup.network, row, labels: task.train.labels, competing };
}

const scenarios = ['class', 'task'] as const;
const variants = ['exact', 'empirical', 'max-pred'] as const;
const cases = scenarios.flatMap((scenario) => variants.map((variant) => ({ scenario, variant })));
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `[outputs]`, what the square of each output's gradient counts for, q(c|x), by the definition of a variant that draws nothing. */
function sharesOf(variant: FisherVariant, logs: readonly number[], label: number): number[] {
  if (variant === 'exact') return logs.map(Math.exp);
  const chosen = variant === 'empirical' ? label : logs.indexOf(Math.max(...logs));
  return logs.map((_, k) => Number(k === chosen));
}

/** `[outputs]`, Σ_c q(c|x)·(∂ log p(c|x) / ∂z_k)² = Σ_c q_c·(1[c = k] − p_k)² of the output k of a softmax. */
function curvatures(variant: FisherVariant, logs: readonly number[], label: number): number[] {
  const p = logs.map(Math.exp);
  const q = sharesOf(variant, logs, label);
  // Of the exact one it is the familiar p·(1 − p).
  if (variant === 'exact') return p.map((pk) => pk * (1 - pk));
  return p.map((pk, k) => q.reduce((sum, qc, c) => sum + qc * (Number(c === k) - pk) ** 2, 0));
}

describe.each(cases)('the $variant Fisher diagonal in the $scenario scenario', ({ scenario, variant }) => {
  // With four outputs, and with more of them than one run of the program takes.
  test.each([2, 6])(
    'of a linear softmax classifier of %i tasks is the mean of x²·Σ_c q_c·(1[c]−p)² (closed form)',
    async (tasks) => {
      // 230 rows, some of them twice: more than the pass handles at once, the last part short.
      const rows = Int32Array.from({ length: 230 }, (_, i) => (7 * i) % 44);
      const { fisher, initial, network, row, labels, competing } = await measure({
        variant,
        scenario,
        hidden: [],
        rows,
        tasks,
      });
      const factors = [...rows].map((i) =>
        curvatures(variant, logSoftmax(forward(network, initial, row(i)), competing), labels[i]),
      );
      for (let k = 0; k < 2 * tasks; k++) {
        expect(fisher['output/bias'][k]).toBeCloseTo(mean(factors.map((factor) => factor[k])), 6);
        for (let j = 0; j < 16; j++) {
          const expected = mean([...rows].map((i, n) => row(i)[j] ** 2 * factors[n][k]));
          expect(fisher['output/weight'][2 * tasks * j + k]).toBeCloseTo(expected, 6);
        }
      }
    },
  );

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
          const weights = sharesOf(variant, logs(initial, i), labels[i]);
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

describe.each(scenarios)('the sampled Fisher diagonal in the %s scenario', (scenario) => {
  const sampled = (rows: Int32Array, seed: number) => measure({ variant: 'sampled', scenario, hidden: [], rows, seed });

  test('of one row is that of one label, which competes', async () => {
    const { initial, network, row, competing } = await sampled(Int32Array.of(0), 0);
    const probabilities = (i: number) => logSoftmax(forward(network, initial, row(i)), competing).map(Math.exp);
    const surest = (i: number) => Math.max(...probabilities(i));
    // The row that the model is least sure of.
    const chosen = Array.from({ length: 44 }, (_, i) => i).reduce((best, i) => (surest(i) < surest(best) ? i : best));
    const found = new Set<number>();
    for (let seed = 0; seed < 6; seed++) {
      const { fisher } = await sampled(Int32Array.of(chosen), seed);
      const fits = competing.filter((label) =>
        probabilities(chosen).every(
          (p, k) => Math.abs(fisher['output/bias'][k] - (Number(label === k) - p) ** 2) < 1e-5,
        ),
      );
      expect(fits).toHaveLength(1);
      found.add(fits[0]);
    }
    expect(found.size).toBeGreaterThan(1);
  });

  test('comes near the exact one over many draws: within 5 standard errors, which are known in closed form', async () => {
    const rows = Int32Array.from({ length: 44 * 60 }, (_, i) => i % 44);
    const { fisher, initial, network, row, competing } = await sampled(rows, 1);
    const probabilities = Array.from({ length: 44 }, (_, i) =>
      logSoftmax(forward(network, initial, row(i)), competing).map(Math.exp),
    );
    let looked = 0;
    for (let k = 0; k < 4; k++)
      for (let j = -1; j < 16; j++) {
        // (1[c = k] − p)² is (1 − p)² with probability p, else p²: mean p(1 − p), variance p(1 − p)(1 − 2p)².
        const scale = probabilities.map((_, i) => (j < 0 ? 1 : row(i)[j] ** 2));
        const expected = mean(probabilities.map((p, i) => scale[i] * p[k] * (1 - p[k])));
        const variance = mean(probabilities.map((p, i) => scale[i] ** 2 * p[k] * (1 - p[k]) * (1 - 2 * p[k]) ** 2));
        const value = j < 0 ? fisher['output/bias'][k] : fisher['output/weight'][4 * j + k];
        expect(Math.abs(value - expected)).toBeLessThan(5 * Math.sqrt(variance / rows.length) + 1e-6);
        if (variance > 1e-4) looked++;
      }
    expect(looked).toBeGreaterThan(16);
  });

  test('is drawn anew by another seed, and the same by the same', async () => {
    const rows = Int32Array.from({ length: 44 }, (_, i) => i);
    const [one, same, other] = await Promise.all([1, 1, 2].map(async (seed) => (await sampled(rows, seed)).fisher));
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

test('a label is drawn where the running sum of probabilities first exceeds u, never one without probability', async () => {
  const draws: readonly (readonly [number[], number, number])[] = [
    [[0.25, 0, 0.5, 0.25], 0, 0],
    [[0.25, 0, 0.5, 0.25], 0.2499, 0],
    [[0.25, 0, 0.5, 0.25], 0.25, 2],
    [[0.25, 0, 0.5, 0.25], 0.7499, 2],
    [[0.25, 0, 0.5, 0.25], 0.75, 3],
    [[0, 0.3, 0.7, 0], 0, 1],
    [[0, 0.3, 0.7, 0], 1 - 2 ** -24, 2],
    [[0, 0, 0, 1], 0, 3],
  ];
  for (const engine of [onnx, cpu]) {
    const program = await engine.compile('draw', ({ p, u }) => ({ label: drawLabels(p as Tensor2D, u as Tensor1D) }), {
      p: float32(draws.length, 4),
      u: float32(draws.length),
    });
    const { label } = await program.run({
      p: Float32Array.from(draws.flatMap(([p]) => p)),
      u: Float32Array.from(draws.map(([, u]) => u)),
    });
    expect([...label]).toEqual(draws.map(([, , expected]) => expected));
  }
});

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

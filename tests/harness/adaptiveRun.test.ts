import { describe, expect, test } from 'vitest';
import { adaptiveRule, probeSize, type ExperimentOptions } from '../../harness/index.ts';
import { readRun, type Run } from '../../logs/index.ts';
import { runMetrics } from '../../metrics/index.ts';
import { readTables, runOnce } from './helpers.ts';

/** The demo's runs (recipes/demo.yaml). */
const demo: ExperimentOptions = { hidden: [100, 100], epochs: 3, batch: 10, lr: 0.1, evaluateSubset: 1000 };

/** Images evaluated during training: rows of the log, and of the probe. */
function images({ record, accuracy: { steps, trainingTask, values } }: Run): number {
  const sizes = record.stream.tasks.map(({ evaluated }) => evaluated);
  let sum = 0;
  values.forEach((column, task) => column.forEach((value) => (sum += Number.isNaN(value) ? 0 : sizes[task])));
  if (record.evaluation.every !== 'adaptive') return sum;
  for (let row = 1; row < steps.length; row++)
    sum += (steps[row] - steps[row - 1]) * trainingTask[row] * probeSize(sizes);
  return sum;
}

/** The tolerances of docs/metrics.md. What is taken from the matrix must not differ at all; recovery has no tolerance. */
const tolerances: Readonly<Record<string, number>> = {
  aaa: 0.01,
  'min-acc': 0.03,
  'wc-acc': 0.03,
  rag: 0.03,
  wf10: 0.08,
  wf100: 0.08,
  wp10: 0.04,
  wp100: 0.04,
  'gap-depth': 0.03,
  'gap-relative-depth': 0.03,
  'gap-area': 3,
  'recovery-time': Infinity,
};

describe.each(['er', 'a-gem'])('%s, evaluated adaptively', (method) => {
  test('trains the same, logs rows of the log of ρ = 1, costs at most a fifth, and has its metrics within the tolerances', async () => {
    const full = await runOnce({ ...demo, methods: [method], evaluateEvery: 1 });
    const sparse = await runOnce({ ...demo, methods: [method], evaluateEvery: 'adaptive' });
    const [tables, sparseTables] = [readTables(full.folder), readTables(sparse.folder)];
    for (const name of ['steps.csv', 'matrix.csv']) expect(sparseTables[name], name).toBe(tables[name]);
    for (const name of ['accuracy.csv', 'loss.csv']) {
      const rows = new Set(tables[name].split('\n'));
      expect(sparseTables[name].split('\n').filter((row) => !rows.has(row))).toEqual([]);
    }
    const [a, b] = [readRun(full.folder), readRun(sparse.folder)];
    expect(images(b) / images(a)).toBeLessThanOrEqual(0.2);
    for (const metric of runMetrics) {
      const [exact, found] = [metric.compute(a), metric.compute(b)];
      expect(Math.abs(exact! - found!), metric.name).toBeLessThanOrEqual(tolerances[metric.name] ?? 0);
    }
  }, 120_000);
});

describe('the record of an adaptive run', () => {
  test('says so, with the rule and its constants in words', async () => {
    const { record } = await runOnce({ tasks: 2, evaluateEvery: 'adaptive' });
    expect(record.evaluation.every).toBe('adaptive');
    const words = record.evaluation.conventions.join('\n');
    const { dense, longest, savings, savingsForRise } = adaptiveRule;
    for (const constant of [`first ${dense} updates`, `${longest} updates`, `${savings} are saved`, '1/20', '15 %'])
      expect(words).toContain(constant);
    expect(words).toContain(`a rise needs ${savingsForRise}`);
    expect(words).not.toContain('ρ');
  });

  test('holds every one of the first updates of each task', async () => {
    const { folder } = await runOnce({ tasks: 2, batch: 16, evaluateEvery: 'adaptive' });
    const { accuracy } = readRun(folder);
    for (const task of [0, 1]) {
      const steps = [...accuracy.steps].filter((_, row) => accuracy.trainingTask[row] === task);
      const first = steps.slice(0, adaptiveRule.dense + 1);
      expect(first).toEqual(first.map((_, i) => steps[0] + i));
      expect(steps.length).toBeLessThan(steps.at(-1)! - steps[0]);
    }
  });
});

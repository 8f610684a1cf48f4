import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExperimentOptions } from '../../harness/index.ts';
import { readSteps } from '../../logs/index.ts';
import { runOnce } from './helpers.ts';

const columns = ['gradient_l2', 'gradient_l1', 'plasticity_norm', 'stability_norm', 'gradient_cosine'];
const brief: ExperimentOptions = { tasks: 2, evaluateEvery: 20 };

const largestDifference = (a: Float64Array, b: Float64Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

async function logOf(name: string, options: Record<string, unknown> = {}) {
  const { folder } = await runOnce({ ...brief, gradients: true, methods: [{ name, options }] });
  const log = readSteps(join(folder, 'steps.csv'));
  const second = log.trainingTask.indexOf(1);
  const column = (title: string) => log.values.get(title)!;
  return { second, column };
}

describe('sizes of gradients', () => {
  // Gradients that are read are not fused into the update, which rounds otherwise.
  it.each(['finetune', 'er', 'joint', 'ewc', 'lwf', 'a-gem', 'gem', 'gpm'])(
    'change the updates of %s by rounding only',
    async (name) => {
      const methods = [name];
      const plain = await runOnce({ ...brief, methods });
      const measured = await runOnce({ ...brief, methods, gradients: true });
      const [expected, found] = [plain, measured].map(({ folder }) => readSteps(join(folder, 'steps.csv')).values);
      expect([...found.keys()]).toEqual([...expected.keys(), ...columns]);
      expect(largestDifference(expected.get('loss')!, found.get('loss')!)).toBeLessThan(1e-4);
      expect(plain.record.evaluation).not.toHaveProperty('gradients');
      expect(measured.record.evaluation.gradients).toBe(true);
    },
  );

  it('are those of plain descent for a method with one side', async () => {
    const { column } = await logOf('finetune');
    expect(Math.min(...column('gradient_l2'))).toBeGreaterThan(0);
    expect([...column('gradient_l1')].every((l1, i) => l1 > column('gradient_l2')[i])).toBe(true);
    for (const side of ['plasticity_norm', 'stability_norm', 'gradient_cosine'])
      expect([...column(side)].every(Number.isNaN)).toBe(true);
  });

  // arXiv:2205.13452, section 5: at a switch the stability term is at its minimum, so that its gradient vanishes.
  it.each(['ewc', 'lwf'])('have no stability in the first update of a new task with %s', async (name) => {
    const { column, second } = await logOf(name, { lambda: 1 });
    expect(column('stability_norm')[second - 1]).toBeNaN();
    expect(column('stability_norm')[second]).toBeLessThan(1e-5);
    expect(column('plasticity_norm')[second]).toBeGreaterThan(0.1);
    expect(column('stability_norm')[second + 10]).toBeGreaterThan(1e-3);
  });

  it.each(['a-gem', 'gem'])('have a stability side in %s where it projected, and none elsewhere', async (name) => {
    const { column, second } = await logOf(name);
    const stability = column('stability_norm').subarray(second);
    const projected = column('projected').subarray(second);
    expect([...stability].map((norm) => norm > 0)).toEqual([...projected].map((value) => value > 0));
    expect(projected.includes(1)).toBe(true);
  });

  it.each([{}, { batches: 'separate' }])('add up in er by the law of cosines %o', async (options) => {
    const { column, second } = await logOf('er', options);
    for (let i = second; i < second + 20; i++) {
      const [plasticity, stability] = [column('plasticity_norm')[i], column('stability_norm')[i]];
      const whole = Math.sqrt(
        plasticity ** 2 + stability ** 2 + 2 * plasticity * stability * column('gradient_cosine')[i],
      );
      expect(whole).toBeCloseTo(column('gradient_l2')[i], 4);
      expect(stability).toBeGreaterThan(0);
    }
  });
});

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

  /** Largest difference between ‖g‖ and what the law of cosines makes of its two sides, over updates that have both, and how many do. */
  function lawOfCosines(column: (title: string) => Float64Array, from: number) {
    const sides = ['plasticity_norm', 'stability_norm', 'gradient_cosine', 'gradient_l2'] as const;
    const errors = Array.from({ length: 20 }, (_, i) => {
      const [plasticity, stability, cosine, whole] = sides.map((title) => column(title)[from + i]);
      const sum = plasticity ** 2 + stability ** 2 + 2 * plasticity * stability * cosine;
      return stability > 0 ? Math.abs(Math.sqrt(Math.max(0, sum)) - whole) / whole : NaN;
    }).filter((error) => !Number.isNaN(error));
    return { updates: errors.length, error: Math.max(...errors) };
  }

  const replayed: [string, Record<string, unknown>][] = [
    ['er', {}],
    ['er', { batches: 'separate' }],
    ['er-ace', {}],
    ['der', { alpha: 1 }],
    ['der++', {}],
    ['x-der', { contrastBatch: 4 }],
    ['mir', { candidates: 20 }],
    ['gss', { references: 2 }],
    ['uer', {}],
    ['icarl', {}],
    ['joint', {}],
    ['onpro', { replayBatch: 8, perClass: 1 }],
  ];

  it.each(replayed)('add up in %s by the law of cosines %o', async (name, options) => {
    const { column, second } = await logOf(name, options);
    const { updates, error } = lawOfCosines(column, second + 1);
    expect(updates).toBe(20);
    expect(error).toBeLessThan(1e-3);
  });

  // In the second update of a run all methods that follow have the parameters of plain descent, and all of the first batch to replay.
  const all = { memory: 100, replayBatch: 32 };
  const alike: [string, Record<string, unknown>][] = [
    ['mir', { ...all, candidates: 32 }],
    ['gss', all],
    ['der++', { ...all, alpha: 0, beta: 1 }],
    // The batch holds all classes so far: none is left out of its stream's loss.
    ['er-ace', all],
  ];

  it('tell the loss on the stream from that on replayed rows', async () => {
    const second = ({ column }: { column: (title: string) => Float64Array }) => ({
      plasticity: column('plasticity_norm')[1],
      stability: column('stability_norm')[1],
    });
    const plain = (await logOf('finetune')).column('gradient_l2')[1];
    const { plasticity, stability } = second(await logOf('er', { ...all, batches: 'separate' }));
    expect(plasticity).toBeCloseTo(plain, 5);
    expect(stability).toBeGreaterThan(0.1);
    for (const [name, options] of alike) {
      const found = second(await logOf(name, options));
      expect(found.plasticity, name).toBeCloseTo(plain, 5);
      expect(found.stability, name).toBeCloseTo(stability, 5);
    }
  });

  // Until something is replayed the weight of replay changes nothing; then it scales one side and not the other.
  it.each<[string, Record<string, number>]>([
    ['der', { alpha: 1 }],
    ['der++', { alpha: 1, beta: 1 }],
    ['uer', { replayWeight: 1 }],
    ['x-der', { alpha: 1, beta: 1, contrastBatch: 4 }],
  ])('double in stability alone with the weight of replay in %s', async (name, weights) => {
    const doubled = Object.entries(weights).map(([key, weight]) => [
      key,
      key === 'contrastBatch' ? weight : 2 * weight,
    ]);
    const [once, twice] = await Promise.all([logOf(name, weights), logOf(name, Object.fromEntries(doubled))]);
    const first = once.column('stability_norm').findIndex((norm) => norm > 1e-3);
    expect(twice.column('stability_norm')[first] / once.column('stability_norm')[first]).toBeCloseTo(2, 3);
    expect(twice.column('plasticity_norm')[first] / once.column('plasticity_norm')[first]).toBeCloseTo(1, 4);
  });

  it('grow with the exemplars in icarl: in the first update of a new task nothing is distilled yet', async () => {
    const [few, many] = await Promise.all([1, 16].map((replayBatch) => logOf('icarl', { memory: 50, replayBatch })));
    const ratio = ({ column, second }: typeof few) =>
      column('stability_norm')[second] / column('plasticity_norm')[second];
    expect(few.column('stability_norm')[0]).toBeNaN();
    expect(ratio(few)).toBeGreaterThan(0);
    expect(ratio(many)).toBeGreaterThan(4 * ratio(few));
  });
});

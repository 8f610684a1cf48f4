import { describe, expect, it } from 'vitest';
import { UserError } from '../../../base/index.ts';
import type { Lifetime } from '../../../logs/index.ts';
import { lifetimeMetrics, lifetimeMetricsJson, regimesOf, type LifetimeOptionsInput } from '../../../metrics/index.ts';

type Row = readonly [block: number, kind: 'train' | 'test', task: string, ...values: number[]];

/** A lifetime from its regimes, an experience a second. */
function lifetimeOf(name: string, ...regimes: Row[]): Lifetime {
  const rows = regimes.flatMap(([block, kind, task, ...values]) =>
    values.map((value) => ({ block, kind, task, value })),
  );
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return {
    name,
    measure: 'reward',
    scenario: { complexity: '1-low', difficulty: '1-easy', type: 'custom' },
    tasks,
    blocks: Float64Array.from(rows, ({ block }) => block),
    experiences: Float64Array.from(rows, (_, i) => i),
    training: Uint8Array.from(rows, ({ kind }) => Number(kind === 'train')),
    asleep: new Uint8Array(rows.length),
    task: Int32Array.from(rows, ({ task }) => tasks.indexOf(task)),
    values: Float64Array.from(rows, ({ value }) => value),
    times: Float64Array.from(rows, (_, i) => 1e15 + 1e6 * i),
    warnings: [],
  };
}

const lifetime = lifetimeOf(
  'by hand',
  [0, 'test', 'a_1', 1, 3],
  [0, 'test', 'b_1', 4],
  [1, 'train', 'a_1', 2, 4, 8],
  [2, 'test', 'a_1', 8],
  [2, 'test', 'b_1', 6],
  [3, 'train', 'b_1', 5, 9],
  [4, 'test', 'a_1', 6],
  [4, 'test', 'b_1', 9],
  [5, 'train', 'a_1', 7, 8, 9],
  [6, 'test', 'a_1', 9],
  [6, 'test', 'b_1', 3],
);
const expert = lifetimeOf('expert', [0, 'train', 'a_1', 4, 6, 10, 10]);
const raw = { smoothing: 'none', normalization: 'none' } as const;
const near = (value: number): unknown => expect.closeTo(value, 12);

describe('lifetimeMetrics', () => {
  it('agrees with a lifetime worked by hand', () => {
    const {
      lifetime: whole,
      task_metrics,
      warnings,
    } = lifetimeMetrics(lifetime, [expert], {
      ...raw,
      maintenance: 'both',
      transfer: 'both',
    });
    // a: T of learning 8 and 9; evaluated 2, 8 (reference), 6, 9 (reference).
    expect(task_metrics.a_1).toMatchObject({
      recovery_times: [1],
      perf_recovery: null,
      avg_train_perf_vals: [near(14 / 3), 8],
      avg_train_perf: near(19 / 3),
      avg_eval_perf_vals: [2, 8, 6, 9],
      avg_eval_perf: 6.25,
      perf_maintenance_mrlep: -2,
      perf_maintenance_mrtlp: -2,
      forward_transfer_ratio: { b_1: [1.5] },
      forward_transfer_contrast: { b_1: [near(0.2)] },
      backward_transfer_ratio: { b_1: [near(1 / 3)] },
      backward_transfer_contrast: { b_1: [near(-0.5)] },
      // 2 4 8 7 beside 4 6 10 10
      ste_rel_perf: near(21 / 30),
      // a: 9 at index 5; expert: 10 at index 2.
      se_task_saturation: 9,
      se_task_exp_to_sat: 5,
      sample_efficiency: near(0.9 * 0.4),
      min: 1,
      max: 9,
      num_lx: 6,
      num_ex: 5,
    });
    // b: learnt 9 at the end; evaluated 4, 6, 9 (reference), 3. a fell from 8 to 6 while b was learnt.
    expect(task_metrics.b_1).toMatchObject({
      perf_maintenance_mrlep: -6,
      perf_maintenance_mrtlp: -6,
      forward_transfer_ratio: {},
      backward_transfer_ratio: { a_1: [0.75] },
      ste_rel_perf: null,
      sample_efficiency: null,
      se_task_saturation: null,
    });
    expect(whole).toEqual({
      perf_recovery: null,
      avg_train_perf: near((19 / 3 + 7) / 2),
      avg_eval_perf: near((6.25 + 5.5) / 2),
      perf_maintenance_mrlep: -4,
      perf_maintenance_mrtlp: -4,
      forward_transfer_ratio: 1.5,
      backward_transfer_ratio: near((1 / 3 + 0.75) / 2),
      forward_transfer_contrast: near(0.2),
      backward_transfer_contrast: near((-0.5 - 1 / 7) / 2),
      ste_rel_perf: near(0.7),
      sample_efficiency: near(0.36),
      run_id: 'by hand',
      complexity: '1-low',
      difficulty: '1-easy',
      scenario_type: 'custom',
      metrics_column: 'reward',
      min: 1,
      max: 9,
      num_lx: 8,
      num_ex: 9,
      runtime: 16,
    });
    expect(warnings).toEqual(['b_1: no single-task expert, so no relative performance and no sample efficiency']);
  });

  it('normalises each task onto 1 … 101 by what it and its expert reached', () => {
    const { normalization_data_range: ranges, lifetime: whole, task_metrics } = lifetimeMetrics(lifetime, [expert]);
    expect(ranges).toEqual({ a_1: { min: 1, max: 10 }, b_1: { min: 3, max: 9 } });
    expect(whole).toMatchObject({ min: 1, max: 101 });
    expect(task_metrics.a_1.max).toBeCloseTo(1 + (100 * 8) / 9, 12);
    const options: LifetimeOptionsInput = {
      normalization: 'run',
      dataRange: { A_1: { min: 0, max: 5 }, b_1: { min: 2, max: 10 } },
    };
    expect(lifetimeMetrics(lifetime, [], options)).toMatchObject({
      normalization_data_range: { a_1: { min: 0, max: 5 }, b_1: { min: 2, max: 10 } },
      lifetime: { min: 11, max: 91 },
    });
  });

  it('takes variants for one task if told to', () => {
    const variants = lifetimeOf(
      'v',
      [0, 'train', 'a_1', 1],
      [0, 'train', 'a_2', 2, 3],
      [1, 'test', 'a_1', 3],
      [1, 'test', 'b', 3],
    );
    expect(regimesOf(variants, 'aware').map(({ task }) => task)).toEqual(['a_1', 'a_2', 'a_1', 'b']);
    expect(regimesOf(variants, 'agnostic').map(({ task, values }) => [task, values.length])).toEqual([
      ['a', 3],
      ['a', 1],
      ['b', 1],
    ]);
    const given = lifetimeMetrics(variants, [expert], { ...raw, variants: 'agnostic' });
    expect(Object.keys(given.task_metrics)).toEqual(['a', 'b']);
    expect(given.task_metrics.a.ste_rel_perf).toBeCloseTo(6 / 20, 12);
  });

  it('says where its numbers stand on little', () => {
    const odd = lifetimeOf(
      'odd',
      [0, 'test', 'c', 5],
      [1, 'train', 'a', 9, 1],
      [1, 'train', 'b', 1, 2],
      [2, 'test', 'c', 5],
      [3, 'test', 'c', 5],
    );
    const { warnings } = lifetimeMetrics(odd, [
      lifetimeOf('e', [0, 'train', 'a', 1, 2]),
      lifetimeOf('f', [0, 'train', 'b', 1, 90]),
    ]);
    expect(warnings).toEqual([
      'c: all values are 5, so they are normalised to 1',
      'blocks do not alternate: 2 and 3 are both of evaluation',
      'a: highest at its first experience, so it has no sample efficiency',
      "b: its curve falls or stays below a fifth of its expert's, so its sample efficiency is set to 0",
      'transfer: 1 value lost, since several tasks were learnt between two evaluations and only one of them keeps its value',
    ]);
  });

  it('refuses what it cannot use, in words', () => {
    const problem = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
      return 'nothing thrown';
    };
    const options = (given: Record<string, unknown>): string =>
      problem(() => lifetimeMetrics(lifetime, [], given as LifetimeOptionsInput));
    expect(options({ smoothing: 'triangle' })).toBe(
      'options of lifetimeMetrics: smoothing: must be one of flat, hanning, hamming, bartlett, blackman, none',
    );
    expect(options({ windowLength: 0 })).toMatch(/^options of lifetimeMetrics: windowLength: must be >=1/);
    expect(options({ window: 3 })).toMatch(/unknown option: window \(known: aggregation, clampOutliers/);
    expect(options({ dataRange: { a_1: { min: 0, max: 1 } } })).toBe(
      'dataRange has no range for task b_1 (there: a_1); add its min and max',
    );
    expect(problem(() => lifetimeMetrics(lifetime, [lifetime]))).toBe(
      'by hand: a single-task expert must have learnt one task, found: a_1, b_1',
    );
    expect(problem(() => lifetimeMetrics(lifetimeOf('empty', [0, 'train', 'a', NaN])))).toBe(
      'empty holds no value of reward; nothing to measure',
    );
  });

  it('has a lifetime of one evaluation, all that can be undefined being null, and nothing that JSON cannot hold', () => {
    const json = lifetimeMetricsJson(
      lifetimeMetrics(lifetimeOf('one', [0, 'test', 'a', 3]), [], { maintenance: 'both', transfer: 'both' }),
    );
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchObject({
      perf_recovery: null,
      avg_train_perf: null,
      avg_eval_perf: 1,
      perf_maintenance_mrlep: null,
      perf_maintenance_mrtlp: null,
      forward_transfer_ratio: null,
      backward_transfer_contrast: null,
      ste_rel_perf: null,
      sample_efficiency: null,
    });
  });

  it('rounds lifetimes to 10 decimals in JSON alone', () => {
    const metrics = lifetimeMetrics(lifetime, [expert], { ...raw });
    expect(metrics.lifetime.backward_transfer_ratio).toBeCloseTo(13 / 24, 14);
    expect(lifetimeMetricsJson(metrics).backward_transfer_ratio).toBe(0.5416666667);
  });

  it('has neither −0 nor numbers that JSON lacks there', () => {
    const metrics = lifetimeMetrics(lifetime, [expert], { ...raw });
    const odd = {
      ...metrics,
      lifetime: { ...metrics.lifetime, perf_recovery: -1e-12, avg_eval_perf: -0, max: Infinity },
    };
    const json = lifetimeMetricsJson(odd);
    expect([json.perf_recovery, json.avg_eval_perf]).toEqual([0, 0]);
    expect(json.max).toBeNull();
  });

  it('takes its time from the experiences that have a value', () => {
    const late = lifetimeOf('late', [0, 'train', 'a', 1, 2, NaN]);
    expect(lifetimeMetrics(late).lifetime.runtime).toBe(1);
    expect(lifetimeMetrics({ ...late, times: new Float64Array(3).fill(NaN) }).lifetime.runtime).toBeNull();
  });
});

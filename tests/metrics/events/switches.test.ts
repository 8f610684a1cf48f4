import { describe, expect, test } from 'vitest';
import type { EvaluationLog } from '../../../logs/index.ts';
import { detectEvents } from '../../../metrics/events.ts';

/** Values in percent of benchmarks by round, in a log that names no task. */
function rounds(
  benchmarks: Readonly<Record<string, { readonly items?: number; readonly values: readonly number[] }>>,
): EvaluationLog {
  const tasks = Object.keys(benchmarks);
  const all = Object.values(benchmarks);
  const count = all[0].values.length;
  return {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks,
    steps: Float64Array.from({ length: count }, (_, round) => round),
    trainingTask: new Int32Array(count).fill(-1),
    values: all.map(({ values }) => Float64Array.from(values, (value) => value / 100)),
    ...(all.every(({ items }) => items) && { counts: all.map(({ items }) => new Float64Array(count).fill(items!)) }),
  };
}

const summary = (log: EvaluationLog, switches?: readonly number[]) =>
  detectEvents(log, { switches }).map(({ task, switchStep, kind, minimumStep }) => [
    task,
    switchStep,
    kind,
    minimumStep,
  ]);

describe('given switches', () => {
  const log = rounds({
    a: { items: 1000, values: [50, 80, 60, 80, 82] },
    b: { items: 1000, values: [70, 71, 71, 70, 80] },
  });

  test('at each every task is judged against its last value up to it, until the next', () => {
    expect(summary(log, [1, 3])).toEqual([
      ['a', 1, 'stability_gap', 2],
      ['b', 3, 'backward_transfer', 4],
      ['b', 1, 'noise', 3],
      ['a', 3, 'noise', 4],
    ]);
    const [gap] = detectEvents(log, { switches: [1, 3] });
    expect(gap).toMatchObject({ reference: 0.8, minimum: 0.6, recoveryStep: 3, switchTask: null });
    // Two evaluations of 1,000 items, 800 and 600 right.
    const p = 1400.5 / 2001;
    expect(gap.z).toBeCloseTo(0.2 / Math.sqrt(p * (1 - p) * (2 / 1000)), 9);
  });

  test('steps between evaluations, repeated and out of order are the same switches; those before and after all are none', () => {
    expect(summary(log, [3.5, 1.2, 3, 1, -1, 4, 99])).toEqual(summary(log, [1, 3]));
    expect(detectEvents(log, { switches: [] })).toEqual([]);
  });

  test('a task is judged against the last time it was evaluated, and not where it never was', () => {
    const sparse = {
      ...log,
      values: [Float64Array.of(0.8, NaN, 0.6, NaN, NaN), Float64Array.of(NaN, NaN, NaN, 0.5, 0.1)],
    };
    expect(summary(sparse, [1, 3])).toEqual([
      ['b', 3, 'forgetting', 4],
      ['a', 0, 'forgetting', 2],
    ]);
  });

  test('they take the place of what the log names', () => {
    const named = { ...log, trainingTask: Int32Array.of(0, 0, 1, 1, 1) };
    expect(summary(named, [1, 3])).toEqual(summary(log, [1, 3]));
    expect(summary(named)).toEqual([['a', 1, 'stability_gap', 2]]);
  });

  test.each([NaN, Infinity])('%f is no step', (step) => {
    expect(() => detectEvents(log, { switches: [0, step] })).toThrow(
      /a switch must be a step, a finite number, and is/,
    );
  });

  test('with enough evaluations between them the fluctuation is read from the second halves', () => {
    const steady = Array.from(
      { length: 60 },
      (_, i) => 80 + [0, 0.4, -0.3, 0.1, -0.4, 0.2][i % 6] - (i === 33 ? 15 : 0),
    );
    const [event, ...others] = detectEvents(rounds({ a: { values: steady } }), { switches: [19, 29, 39] });
    expect(event).toMatchObject({ kind: 'stability_gap', minimumStep: 33, noise: 'fluctuation' });
    expect(others.map(({ kind }) => kind)).toEqual(['noise', 'noise']);
  });
});

describe('published tables', () => {
  // Yuan et al. 2024, Self-Rewarding Language Models, arXiv:2401.10020, table 3: SFT, M1, M2, M3; items are those of the test sets.
  const selfRewarding = rounds({
    'ARC-C': { items: 1172, values: [55.97, 57.51, 54.51, 53.13] },
    HellaSwag: { items: 10_042, values: [85.17, 84.99, 84.27, 83.29] },
    GSM8K: { items: 1319, values: [50.72, 60.27, 59.29, 57.7] },
    MMLU: { items: 14_042, values: [69.76, 69.34, 69.31, 69.37] },
    NQ: { items: 3610, values: [34.35, 35.48, 33.07, 31.86] },
  });

  test('self-rewarding forgets HellaSwag and NQ; what ARC, GSM8K and MMLU lose, their items explain', () => {
    const events = detectEvents(selfRewarding);
    expect(events.map(({ task, kind }) => [task, kind])).toEqual([
      ['NQ', 'forgetting'],
      ['HellaSwag', 'forgetting'],
      ['ARC-C', 'noise'],
      ['GSM8K', 'noise'],
      ['MMLU', 'noise'],
    ]);
    // √(p(1 − p)·2/3610) with p = .3367: .0111.
    expect(events[0].z).toBeCloseTo(3.25, 2);
    expect(events[0].p).toBeLessThan(0.03);
    expect(events[1].z).toBeCloseTo(3.65, 2);
  });

  test('no single round of self-rewarding is to blame: judged round by round there is one event, the rise of GSM8K in the first', () => {
    const events = detectEvents(selfRewarding, { switches: [0, 1, 2] }).filter(({ kind }) => kind !== 'noise');
    expect(events.map(({ task, switchStep, kind }) => [task, switchStep, kind])).toEqual([
      ['GSM8K', 0, 'backward_transfer'],
    ]);
  });

  test('DeepSeek-R1: SimpleQA falls in the cold start and comes back; 30 questions of AIME cannot tell 78 from 59 %', () => {
    // arXiv:2501.12948, table 3: R1-Zero, three stages, R1.
    const events = detectEvents(
      rounds({
        'AIME 2024': { items: 30, values: [77.9, 59, 74, 78.1, 79.8] },
        'GPQA-Diamond': { items: 198, values: [75.8, 66.1, 70.7, 71.2, 71.5] },
        'MMLU-Pro': { items: 12_032, values: [68.9, 74.1, 83.8, 83.1, 84] },
        SimpleQA: { items: 4326, values: [30.3, 17.8, 28.2, 24.9, 30.1] },
      }),
    );
    expect(events[0]).toMatchObject({ task: 'SimpleQA', kind: 'stability_gap', minimumStep: 1, recoveryStep: 4 });
    expect(events[0].z).toBeCloseTo(13.6, 1);
    expect(events.slice(1).map(({ kind }) => kind)).toEqual(['noise', 'noise', 'noise']);
  });

  test('without numbers of items every fall is an event without a p', () => {
    const events = detectEvents(rounds({ SimpleQA: { values: [30.3, 17.8, 28.2, 24.9, 30.1] } }));
    expect(events).toMatchObject([{ kind: 'forgetting', p: null, z: null, noise: null }]);
  });
});

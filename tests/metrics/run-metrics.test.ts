import { describe, expect, it } from 'vitest';
import { listMetrics, runMetrics } from '../../metrics/index.ts';
import { logOf } from './logs.ts';
import { matrixOf } from './matrices.ts';

const run = {
  accuracy: logOf(
    ['a', 'b'],
    [
      [0, 0, 0.1, null],
      [1, 0, 0.8, null],
      [1, 1, 0.8, 0],
      [2, 1, 0.4, 0.6],
      [3, 1, 0.8, 0.8],
    ],
  ),
  matrix: matrixOf(
    [
      [0.9, 0.2],
      [0.7, 0.8],
    ],
    [0.1, 0.1],
  ),
  prequential: {
    steps: Float64Array.of(0, 1),
    tasks: ['a', 'b'],
    trainingTask: Int32Array.of(0, 1),
    counts: Float64Array.of(1, 1),
    accuracy: Float64Array.of(1, 0),
    loss: Float64Array.of(0.1, 2),
  },
};

describe('runMetrics', () => {
  it('computes each metric from its own part of the run', () => {
    const values = Object.fromEntries(runMetrics.map((metric) => [metric.name, metric.compute(run)]));
    // Worked by hand.
    const expected = {
      acc: 0.75,
      aia: 0.825,
      aaa: (0.8 + 0.5 + 0.8) / 3,
      'min-acc': 0.4,
      'wc-acc': 0.6,
      rag: 0.25,
      forgetting: 0.2,
      'forgetting-max': 0.2,
      bwt: -0.2,
      fwt: 0.1,
      la: 0.85,
      wf10: 0.2,
      wf100: 0.2,
      wp10: 0.75,
      wp100: 0.75,
      'gap-depth': 0.4,
      'gap-relative-depth': 0.5,
      'recovery-time': 2,
      'gap-area': 0.4,
      prequential: 0.5,
      'prequential-fading': 0.999 / 1.999,
    };
    const close = Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 12)]);
    expect(Object.entries(values)).toEqual(close);
  });
  it('is null throughout for a run without evaluations', () => {
    const empty = { accuracy: logOf(['a'], []), matrix: matrixOf([]) };
    expect(runMetrics.map((metric) => metric.compute(empty))).toEqual(runMetrics.map(() => null));
  });
});

describe('listMetrics', () => {
  it('refuses two metrics of one name', () => {
    const [metric] = runMetrics;
    expect(() => listMetrics([metric, { ...metric, title: 'other' }])).toThrow('two metrics are named acc');
  });
});

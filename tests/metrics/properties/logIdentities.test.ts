import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areaUnderAccuracyCurve,
  averageAnytimeAccuracy,
  deepestGap,
  lapaczScores,
  learningCurveArea,
  learningCurveAreaTrapezoid,
  meanGapDepth,
  minimumAccuracy,
  relativeAccuracyGap,
  runMetrics,
  stabilityGaps,
  windowedForgetting,
  windowedPlasticity,
  worstCaseAccuracy,
} from '../../../metrics/index.ts';
import { harnessLogs, logOf } from '../logs.ts';
import { matrixOf } from '../matrices.ts';
import { windowed } from './logDefinitions.ts';
import { anyLogs, completeLogs } from './logRuns.ts';
import { percent, runs } from './matrixRuns.ts';
import { nearOrNull } from './nearOrNull.ts';

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const windows = integer({ min: 2, max: 60 });
const several = harnessLogs.filter(({ tasks }) => tasks.length > 1);

describe('worst cases', () => {
  it('lie below: min-ACC ≤ what the old tasks end with, WC-ACC ≤ ACC of the last evaluation', () => {
    assert(
      property(several, (log) => {
        const last = log.values.map((values) => values.at(-1)!);
        expect(minimumAccuracy(log)).toBeLessThanOrEqual(meanOf(last.slice(0, -1)) + 1e-12);
        expect(worstCaseAccuracy(log)).toBeLessThanOrEqual(meanOf(last) + 1e-12);
      }),
    );
  });
  it('give RAG = 1 − WC-ACC / ACC', () => {
    assert(
      property(harnessLogs, (log) => {
        const accuracy = meanOf(log.values.map((values) => values.at(-1)!));
        const expected = accuracy === 0 ? null : 1 - worstCaseAccuracy(log)! / accuracy;
        expect(relativeAccuracyGap(log)).toEqual(nearOrNull(expected));
      }),
    );
  });
});

describe('areas', () => {
  it('give A_AUC = AAA × samples up to the last evaluation', () => {
    assert(
      property(completeLogs, integer({ min: 1, max: 64 }), (log, samples) => {
        const mean = averageAnytimeAccuracy(log);
        const expected = mean === null ? null : mean * log.steps.at(-1)! * samples;
        expect(areaUnderAccuracyCurve(log, samples).value).toEqual(nearOrNull(expected));
      }),
    );
  });
  it('differ by the halved ends: (β + 1) LCA − β of the trapezoid form = (Z_0 + Z_β) / 2', () => {
    const everyUpdate = harnessLogs.filter(({ steps }) =>
      steps.every((step, r) => r === 0 || step - steps[r - 1] <= 1),
    );
    assert(
      property(everyUpdate, integer({ min: 1, max: 3 }), (log, beta) => {
        const at = (b: number): number => (b + 1) * (learningCurveArea(log, b).value ?? 0);
        // Z_β is what LCA_β has more than LCA_{β−1}. All are 0 here where a task is shorter than β.
        const ends = learningCurveArea(log, beta).value === null ? 0 : (at(0) + at(beta) - at(beta - 1)) / 2;
        const trapezoid = learningCurveAreaTrapezoid(log, beta).value ?? 0;
        const whole = learningCurveArea(log, beta).value === null ? 0 : at(beta);
        expect(whole - beta * trapezoid).toBeCloseTo(ends, 12);
      }),
    );
  });
});

describe('windows', () => {
  it.each([
    ['windowedForgetting', windowedForgetting, 1],
    ['windowedPlasticity', windowedPlasticity, -1],
  ] as const)('%s in O(n) is what O(n·w) comparisons find, in windows of any width', (_, metric, direction) => {
    assert(
      property(anyLogs, windows, (log, window) => {
        expect(metric(log, window)).toEqual(nearOrNull(windowed(log, window, direction)));
      }),
      { numRuns: 500 },
    );
  });
  it('find more, or as much, in wider ones, up to the largest of all', () => {
    assert(
      property(harnessLogs, integer({ min: 5, max: 60 }), (log, window) => {
        for (const metric of [windowedForgetting, windowedPlasticity]) {
          expect(metric(log, window + 1)).toBeGreaterThanOrEqual(metric(log, window)!);
          expect(metric(log, 1000)).toBeGreaterThanOrEqual(metric(log, window + 1)!);
        }
        const falls = log.values.map((curve) => {
          const known = [...curve].filter((value) => !Number.isNaN(value));
          return Math.max(...known.flatMap((value, n) => known.slice(n).map((later) => value - later)));
        });
        expect(windowedForgetting(log, 1000)).toBeCloseTo(meanOf(falls), 12);
      }),
    );
  });
});

describe('gaps', () => {
  it('are no deeper than the largest fall of their tasks', () => {
    assert(
      property(several, (log) => {
        const depths = log.tasks.map((name) =>
          Math.max(0, ...stabilityGaps(log).flatMap(({ task, depth }) => (task === name ? [depth] : []))),
        );
        expect(windowedForgetting(log, 1000)).toBeGreaterThanOrEqual(meanOf(depths) - 1e-12);
      }),
    );
  });
  it('have the deepest among them, which is no less than their mean', () => {
    assert(
      property(several, (log) => {
        const gaps = stabilityGaps(log);
        const deepest = deepestGap(gaps)?.depth ?? 0;
        expect(deepest).toBe(Math.max(0, ...gaps.map(({ depth }) => depth)));
        expect(meanGapDepth(gaps)).toBeLessThanOrEqual(deepest + 1e-12);
      }),
    );
  });
  it('give SG − REC of Łapacz et al. = what the old tasks lost from the end of one task to that of the next', () => {
    assert(
      property(several, (log) => {
        for (const { gap, recovery, switchIndex } of lapaczScores(log)) {
          const rows = [...log.steps.keys()].filter((row) => log.trainingTask[row] === switchIndex);
          const lost = log.values.slice(0, switchIndex).map((values) => values[rows[0] - 1] - values[rows.at(-1)!]);
          expect(gap.value! - recovery.value!).toBeCloseTo(meanOf(lost), 12);
        }
      }),
    );
  });
});

describe('the metrics of a report', () => {
  it('lie in the ranges that they are listed with', () => {
    assert(
      property(completeLogs, runs(1, percent), (accuracy, { matrix }) => {
        const counts = accuracy.steps.map(() => 3);
        const prequential = { ...accuracy, counts, accuracy: accuracy.values[0], loss: counts };
        for (const { name, range, compute } of runMetrics) {
          const value = compute({ accuracy, matrix, prequential }) ?? range[1];
          expect(value, name).toBeGreaterThanOrEqual(range[0] - 1e-12);
          expect(value, name).toBeLessThanOrEqual(range[1] + 1e-12);
        }
      }),
    );
  });
  it('are made of what they say: nothing changes with the rest of the run', () => {
    const nothing = { accuracy: logOf(['a'], []), matrix: matrixOf([]) };
    assert(
      property(completeLogs, runs(1, percent), (accuracy, { matrix }) => {
        const counts = accuracy.steps.map(() => 3);
        const run = {
          accuracy,
          matrix,
          prequential: { ...accuracy, counts, accuracy: accuracy.values[0], loss: counts },
        };
        const parts = { log: { accuracy }, matrix: { matrix }, stream: { prequential: run.prequential } };
        for (const { name, from, compute } of runMetrics)
          expect(compute({ ...nothing, ...parts[from] }), name).toBe(compute(run));
      }),
    );
  });
});

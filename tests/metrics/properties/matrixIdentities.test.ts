import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averageAccuracy,
  averageIncrementalAccuracy,
  backwardTransfer,
  backwardTransferAndInterference,
  diazAccuracy,
  diazBackwardTransfer,
  diazForwardTransfer,
  forgettingAfterLearning,
  forgettingByRow,
  forgettingFromMaximum,
  forgettingMammoth,
  intransigence,
  intransigenceByTask,
  learningAccuracy,
} from '../../../metrics/index.ts';
import { matrixOf } from '../matrices.ts';
import { nearOrNull } from './nearOrNull.ts';
import { percent, runs } from './matrixRuns.ts';

const full = runs(2, percent);

// The identities of the papers, on any run of two tasks and more.
describe('metrics of one matrix', () => {
  it('order the kinds of forgetting: −BWT = FORG ≤ FORG max ≤ that of Mammoth, and this is never negative', () => {
    assert(
      property(full, ({ matrix }) => {
        const [since, most] = [forgettingAfterLearning(matrix)!, forgettingFromMaximum(matrix)!];
        expect(since).toBeCloseTo(-backwardTransfer(matrix)!, 12);
        expect(most).toBeGreaterThanOrEqual(since - 1e-12);
        expect(forgettingMammoth(matrix).value).toBeGreaterThanOrEqual(most - 1e-12);
        expect(forgettingMammoth(matrix).value).toBeGreaterThanOrEqual(0);
      }),
    );
  });
  it('have FORG max = −BWT if and only if each task is best right after it was learnt', () => {
    // Few values, so that ties and equalities come up.
    assert(
      property(
        runs(
          2,
          percent.map((value) => Math.round(value * 2) / 2),
        ),
        ({ matrix }) => {
          const { rows } = matrix;
          const peaks = rows.slice(0, -1).every((_, j) => rows.slice(0, -1).every((row) => row[j]! <= rows[j][j]!));
          const equal = Math.abs(forgettingFromMaximum(matrix)! + backwardTransfer(matrix)!) < 1e-12;
          expect(equal).toBe(peaks);
        },
      ),
      { numRuns: 500 },
    );
  });
  it('have that of Mammoth = FORG max if and only if no old task is best at the end', () => {
    assert(
      property(full, ({ matrix }) => {
        const { rows } = matrix;
        const gained = rows.slice(0, -1).some((_, j) => rows.slice(0, -1).every((row) => row[j]! < rows.at(-1)![j]!));
        const equal = Math.abs(forgettingMammoth(matrix).value! - forgettingFromMaximum(matrix)!) < 1e-12;
        expect(equal).toBe(!gained);
      }),
    );
  });
  it('have BTI = ACC − LA = BWT (T − 1)/T', () => {
    assert(
      property(full, ({ matrix }) => {
        const bti = backwardTransferAndInterference(matrix).value!;
        const T = matrix.rows.length;
        expect(bti).toBeCloseTo(averageAccuracy(matrix)! - learningAccuracy(matrix)!, 12);
        expect(bti).toBeCloseTo((backwardTransfer(matrix)! * (T - 1)) / T, 12);
      }),
    );
  });
  it('have intransigence = mean joint accuracy − LA, made of that of each task', () => {
    assert(
      property(full, ({ matrix, joint }) => {
        const mean = joint.reduce<number>((sum, value) => sum + value!, 0) / joint.length;
        expect(intransigence(matrix, joint).value).toBeCloseTo(mean - learningAccuracy(matrix)!, 12);
        const terms = intransigenceByTask(matrix, joint).map(({ value }) => value!);
        expect(terms.reduce((sum, value) => sum + value, 0) / terms.length).toBeCloseTo(
          mean - learningAccuracy(matrix)!,
          12,
        );
        expect(intransigence(matrix, null).value).toBeNull();
      }),
    );
  });
  it('have AIA = the mean of ACC over the run, and FORG max of each row in forgettingByRow', () => {
    assert(
      property(full, ({ matrix: { rows } }) => {
        const until = rows.map((_, i) => matrixOf(rows.slice(0, i + 1)));
        const accuracies = until.map((matrix) => averageAccuracy(matrix)!);
        const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
        expect(averageIncrementalAccuracy(matrixOf(rows))).toBeCloseTo(mean, 12);
        const forgotten = forgettingByRow(matrixOf(rows)).map(({ value }) => value);
        const expected = until.map(forgettingFromMaximum);
        expect(forgotten).toEqual(expected.map(nearOrNull));
      }),
    );
  });
  it('have Díaz-Rodríguez’ A and FWT share out all cells between them, whatever the order of tasks', () => {
    assert(
      property(full, ({ matrix }) => {
        const N = matrix.rows.length;
        const all = matrix.rows.flat().reduce<number>((sum, value) => sum + value!, 0);
        const [below, above] = [(N * (N + 1)) / 2, (N * (N - 1)) / 2];
        expect(diazAccuracy(matrix).value! * below + diazForwardTransfer(matrix).value! * above).toBeCloseTo(all, 10);
      }),
    );
  });
  it('have Díaz-Rodríguez’ BWT = the mean of GEM’s after each task but the first, weighed by the tasks before', () => {
    assert(
      property(full, ({ matrix: { rows } }) => {
        const after = rows.slice(1).map((_, i) => backwardTransfer(matrixOf(rows.slice(0, i + 2)))!);
        const weighed = after.reduce((sum, value, i) => sum + value * (i + 1), 0);
        expect(diazBackwardTransfer(matrixOf(rows)).value).toBeCloseTo(
          weighed / ((rows.length * (rows.length - 1)) / 2),
          12,
        );
      }),
    );
  });
});

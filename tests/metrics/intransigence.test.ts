import { array, assert, double, property, shuffledSubarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intransigence, intransigenceByTask, learningAccuracy } from '../../metrics/index.ts';
import { fullMatrices, matrixOf, reorder, worked } from './matrices.ts';

const joint = [0.8, 0.95, 0.85];

describe('intransigence', () => {
  it('agrees with a matrix worked by hand', () => {
    const values = intransigenceByTask(worked, joint);
    expect(values.map(({ value }) => value)).toEqual([0.1, 0.05, -0.05].map((value) => expect.closeTo(value, 12)));
    expect(intransigence(worked, joint)).toEqual({ value: expect.closeTo(0.1 / 3, 12), cells: 3 });
  });
  it('is null, not 0, without joint accuracies, before the first task, and where one is missing', () => {
    const none = { value: null, cells: 0 };
    expect(intransigence(worked, null)).toEqual(none);
    expect(intransigence(matrixOf([]), joint)).toEqual(none);
    expect(intransigence(worked, [0.8, null, 0.85])).toEqual(none);
    expect(intransigence(worked, [0.8, 0.95])).toEqual(none);
    expect(intransigenceByTask(worked, [0.8, null, 0.85])[1]).toEqual(none);
    expect(intransigence(matrixOf([[null]]), [0.8])).toEqual(none);
  });
  it('counts finished tasks only', () => {
    expect(intransigence(matrixOf(worked.rows.slice(0, 2)), joint).value).toBeCloseTo(0.075, 12);
  });
  it('is joint minus learning accuracy, in [−1, 1], and does not hang on the order of tasks', () => {
    const cases = fullMatrices(1).chain((matrix) => {
      const k = matrix.rows.length;
      const indices = Array.from({ length: k }, (_, i) => i);
      return array(double({ min: 0, max: 1, noNaN: true }), { minLength: k, maxLength: k }).chain((best) =>
        shuffledSubarray(indices, { minLength: k, maxLength: k }).map((order) => ({ matrix, best, order })),
      );
    });
    assert(
      property(cases, ({ matrix, best, order }) => {
        const value = intransigence(matrix, best).value!;
        const mean = best.reduce((sum, each) => sum + each, 0) / best.length;
        expect(value).toBeCloseTo(mean - learningAccuracy(matrix)!, 9);
        expect(Math.abs(value)).toBeLessThanOrEqual(1);
        const turned = intransigence(
          reorder(matrix, order),
          order.map((i) => best[i]),
        );
        expect(turned.value).toBeCloseTo(value, 9);
      }),
    );
  });
});

import { array, assert, double, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAccuracy, createMatrixBuilder, sharesOf } from '../../../logs/importers/shared/matrixBuilder.ts';

describe('a matrix that is built', () => {
  test('has its tasks in the order of training, then those never trained; NaN and what is missing are null', () => {
    const builder = createMatrixBuilder('x');
    builder.add(null, 'c', 0.1, 'row 1');
    builder.add('b', 'a', 0.2, 'row 2');
    builder.add('b', 'b', NaN, 'row 3');
    builder.add('a', 'c', 0.4, 'row 4');
    const notes: string[] = [];
    expect(builder.build(notes)).toEqual({
      tasks: ['b', 'a', 'c'],
      initial: [null, null, 0.1],
      rows: [[null, 0.2, null], [null, null, 0.4]], // prettier-ignore
    });
    expect(notes).toEqual([]);
  });

  test('counts what is there twice once', () => {
    const builder = createMatrixBuilder('x');
    for (const row of ['row 1', 'row 2']) builder.add('a', 'a', 0.5, row);
    const notes: string[] = [];
    expect(builder.build(notes).rows).toEqual([[0.5]]);
    expect(notes).toEqual(['1 value is there twice, and counted once']);
  });

  test('is refused without a value, with two values of one cell, with a task trained again', () => {
    const builder = createMatrixBuilder('x');
    builder.add('a', 'a', NaN, 'row 1');
    expect(() => builder.build([])).toThrow('x holds no value of any task');
    builder.add('b', 'a', 0.5, 'row 2');
    expect(() => builder.add('b', 'a', 0.6, 'row 3')).toThrow('x, row 3: a has two values after b: 0.5 and 0.6');
    expect(() => builder.add('a', 'a', 0.5, 'row 4')).toThrow('x, row 4: a is trained again after b');
    expect(() => builder.add(null, 'a', 0.5, 'row 5')).toThrow('x, row 5: the untrained model comes after b');
  });
});

test('percentages become shares, each a hundredth, whatever they are', () => {
  assert(
    property(array(double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 5 }), (row) => {
      const matrix = { tasks: row.map(String), initial: null, rows: [[...row, 2]] };
      return sharesOf(matrix, {}, 'x').matrix.rows[0].every((share, i) => share === [...row, 2][i] / 100);
    }),
  );
});

test('an accuracy out of its range is refused; sums of floats may exceed it by a rounding', () => {
  expect(checkAccuracy(100.00000000000001, 'percent', {}, 'x')).toBe(100.00000000000001);
  expect(checkAccuracy(NaN, 'percent', {}, 'x')).toBeNaN();
  expect(() => checkAccuracy(-0.1, 'fraction', {}, 'x')).toThrow('x: the accuracy is -0.1, not between 0 and 1');
  expect(() => checkAccuracy(50, 'percent', { unit: 'fraction' }, 'x')).toThrow('is 50, not between 0 and 1');
});

import { describe, expect, it } from 'vitest';
import { averageAccuracy, averageIncrementalAccuracy, learningAccuracy } from '../../metrics/index.ts';
import { matrixOf } from './matrices.ts';

// Worked by hand.
const matrix = matrixOf([
  [0.9, 0.1, 0.2],
  [0.7, 0.8, 0.1],
  [0.5, 0.6, 1],
]);
const unfinished = matrixOf(matrix.rows.slice(0, 2));
const empty = matrixOf([]);

describe('averageAccuracy', () => {
  it('is the mean of the last row', () => expect(averageAccuracy(matrix)).toBeCloseTo((0.5 + 0.6 + 1) / 3, 12));
  it('leaves out tasks that are not learnt yet', () => expect(averageAccuracy(unfinished)).toBeCloseTo(0.75, 12));
  it('is null before the first task is finished', () => expect(averageAccuracy(empty)).toBeNull());
  it('is null, not lower, where a cell is missing', () => {
    expect(
      averageAccuracy(
        matrixOf([
          [0.9, 0.1],
          [null, 0.8],
        ]),
      ),
    ).toBeNull();
  });
});

describe('averageIncrementalAccuracy', () => {
  it('is the mean of the average accuracies after each task', () => {
    expect(averageIncrementalAccuracy(matrix)).toBeCloseTo((0.9 + 0.75 + 0.7) / 3, 12);
  });
  it('is null before the first task is finished', () => expect(averageIncrementalAccuracy(empty)).toBeNull());
  it('is null where a learnt task was not evaluated', () => {
    expect(
      averageIncrementalAccuracy(
        matrixOf([
          [null, 0.1],
          [0.7, 0.8],
        ]),
      ),
    ).toBeNull();
  });
  it('does not need tasks that are not learnt', () => {
    expect(
      averageIncrementalAccuracy(
        matrixOf([
          [0.9, null],
          [0.7, 0.8],
        ]),
      ),
    ).toBeCloseTo(0.825, 12);
  });
});

describe('learningAccuracy', () => {
  it('is the mean of the diagonal', () => expect(learningAccuracy(matrix)).toBeCloseTo(0.9, 12));
  it('counts finished tasks only', () => expect(learningAccuracy(unfinished)).toBeCloseTo(0.85, 12));
  it('is null before the first task is finished', () => expect(learningAccuracy(empty)).toBeNull());
});

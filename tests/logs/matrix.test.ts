import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/index.ts';
import { formatRow, readMatrix } from '../../logs/index.ts';
import { fileOf } from './files.ts';

const matrixFile = (content: string) => fileOf(content, 'matrix.csv');

describe('readMatrix', () => {
  it('reads the untrained model and a row for each task, with null where a cell is empty', () => {
    expect(readMatrix(matrixFile('trained,a,b\ninitial,0.1,0.2\na,0.9,\nb,0.7,0.8\n'))).toEqual({
      tasks: ['a', 'b'],
      initial: [0.1, 0.2],
      rows: [
        [0.9, null],
        [0.7, 0.8],
      ],
    });
  });
  it('reads a run that is not finished', () => {
    expect(readMatrix(matrixFile('trained,a,b\ninitial,0.1,0.2\na,0.9,0'))).toMatchObject({
      initial: [0.1, 0.2],
      rows: [],
    });
    expect(readMatrix(matrixFile('trained,a,b\n'))).toMatchObject({ initial: null, rows: [] });
  });
  it('does without the untrained model', () => {
    expect(readMatrix(matrixFile('trained,a,b\na,0.9,0\n'))).toMatchObject({ initial: null, rows: [[0.9, 0]] });
  });
  it('reads back the lines of formatRow', () => {
    const lines = [
      ['trained', 'a'],
      ['initial', null],
      ['a', 1 / 3],
    ].map(formatRow);
    expect(readMatrix(matrixFile(lines.join('')))).toEqual({ tasks: ['a'], initial: [null], rows: [[1 / 3]] });
  });
  it.each([
    ['an empty file', '', 'is empty'],
    ['a header without tasks', 'trained\n', 'row 1: no task'],
    ['a ragged row', 'trained,a,b\na,0.5\n', 'row 2: 2 cells instead of 3'],
    ['a word for a number', 'trained,a,b\na,x,\n', 'row 2, column "a": "x" is not a number'],
    ['a percentage', 'trained,a,b\na,90,\n', 'row 2, column "a": accuracy 90 is outside [0, 1]'],
    ['an unknown task', 'trained,a,b\nc,1,0\n', 'row 2, column "trained": "c" stands where "a" belongs'],
    [
      'rows in another order',
      'trained,a,b\na,1,0\ninitial,0,0\n',
      'row 3, column "trained": "initial" stands where "b"',
    ],
    ['more rows than tasks', 'trained,a\na,1\na,1\n', 'row 3, column "trained": "a" follows the last task'],
  ])('refuses %s and says where', (_, content, message) => {
    const path = matrixFile(content);
    expect(() => readMatrix(path)).toThrow(UserError);
    expect(() => readMatrix(path)).toThrow(path);
    expect(() => readMatrix(path)).toThrow(message);
  });
});

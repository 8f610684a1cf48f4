import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logOfMatrix } from '../../../logs/importers/shared/conversions.ts';
import { matrix } from '../../../logs/importers/matrix.ts';
import { openSource } from '../../../logs/importers/shared/source.ts';
import { readMatrix } from '../../../logs/index.ts';
import { fileOf } from '../files.ts';
import { importText } from './reading.ts';

const rows = 'initial,0.1,0.2,0.3\na,0.9,,0.2\nb,0.8,0.7,0.1\nc,0.5,0.6,0.95\n';

test('a matrix is read as the reader of our own matrix.csv reads it', () => {
  const path = fileOf(`trained,a,b,c\n${rows}`, 'matrix.csv');
  const found = importText(`trained,a,b,c\n${rows}`);
  expect(found).toMatchObject({ format: 'matrix', name: 'log', log: null, lifetime: null, notes: [] });
  expect(found.matrix).toEqual(readMatrix(path));
  expect(found.matrix!.rows[0]).toEqual([0.9, null, 0.2]);
});

test('without the untrained model, and with fewer rows than tasks: training goes on', () => {
  expect(importText('trained,a,b\na,0.9,0.1\n').matrix).toEqual({
    tasks: ['a', 'b'],
    initial: null,
    rows: [[0.9, 0.1]],
  });
});

test('the untrained model alone is a matrix as well', () => {
  expect(importText('trained,a,b\ninitial,0.5,0.1\n').matrix).toEqual({
    tasks: ['a', 'b'],
    initial: [0.5, 0.1],
    rows: [],
  });
});

test('percentages become shares, and that is said', () => {
  const { matrix: found, notes } = importText('trained\ta\tb\ninitial\t10\t12\na\t95.5\t11\nb\t60\t\n');
  expect(found).toEqual({ tasks: ['a', 'b'], initial: [0.1, 0.12], rows: [[0.955, 0.11], [0.6, null]] }); // prettier-ignore
  expect(notes).toEqual([
    'values of accuracy up to 95.5 are taken for percentages and divided by 100; --unit fraction says otherwise',
  ]);
});

test('low percentages are told by the user', () => {
  const low = 'trained,a,b\na,1.2,0.4\nb,0.9,1.4\n';
  expect(() => importText(low)).toThrow(
    'row 2, column "a": accuracy 1.2 is outside [0, 1]; correct it, or say with --unit percent',
  );
  expect(importText(low, { unit: 'percent' }).matrix!.rows[0]).toEqual([0.012, 0.004]);
});

test.each([
  [
    'rows in another order',
    'b,0.5,0.5\na,0.5,0.5\n',
    'row 2, column "trained": "b" stands where "a" belongs; rows must stand in the order of the columns',
  ],
  ['a row twice', 'a,0.5,0.5\na,0.5,0.5\n', 'row 3, column "trained": "a" stands where "b" belongs'],
  ['an unknown task', 'a,0.5,0.5\nx,0.5,0.5\n', 'row 3, column "trained": "x" is no task of the header (tasks: a, b)'],
  [
    'more rows than tasks',
    'a,0.5,0.5\nb,0.5,0.5\nb,0.5,0.5\n',
    'row 4, column "trained": "b" follows the last task; remove the row',
  ],
  [
    'the untrained model last',
    'a,0.5,0.5\ninitial,0.5,0.5\n',
    'row 3, column "trained": "initial" must be the first row',
  ],
  ['a word', 'a,0.5,good\n', 'row 2, column "b": "good" is not a finite number'],
  ['an accuracy below 0', 'a,0.5,-0.1\n', 'row 2, column "b": accuracy -0.1 is outside [0, 1]'],
  ['an accuracy above 100', 'a,50,101\n', 'row 2, column "a": accuracy 50 is outside [0, 1]'],
  ['fractions and percentages', 'a,0.5,30\nb,0.4,90\n', 'seems to mix fractions and percentages'],
  ['a row too short', 'a,0.5\nb,0.5,0.5\n', 'row 2: 2 cells instead of 3; "b" is missing'],
  ['nothing evaluated', 'a,,\n', 'holds no accuracy'],
  ['no rows', '', 'holds no accuracy'],
])('%s: refused', (_, text, message) => {
  expect(() => importText(`trained,a,b\n${text}`)).toThrow(message);
});

test('a table of something else is refused where the format is named, and a matrix is of accuracies', () => {
  expect(() => importText('step,a\n0,0.5\n', { format: 'matrix' })).toThrow(
    'row 1: the header must be trained,<task 1>,<task 2>,…, not step, a',
  );
  expect(() => importText('trained,a\na,0.5\n', { better: 'lower' })).toThrow('of which higher ones are better');
});

test('it is the matrix of the log that it can be made into', () => {
  const found = importText(`trained,a,b,c\n${rows}`).matrix!;
  const log = logOfMatrix(found);
  expect([...log.steps]).toEqual([0, 1, 2, 3]);
  expect([...log.values[1]]).toEqual([0.2, NaN, 0.7, 0.6]);
});

test('a table with steps is none, whatever its first column', () => {
  for (const text of ['trained,step,a\na,0,0.5\n', 'step,trained,a\n0,a,0.5\n', 'trained\n', 'trained', ''])
    expect(matrix.detects(openSource(fileOf(text)))).toBe(false);
  expect(matrix.detects(openSource(join(import.meta.dirname)))).toBe(false);
});

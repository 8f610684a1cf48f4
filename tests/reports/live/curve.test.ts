import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEvaluationLog } from '../../../logs/index.ts';
import { addRow, curveOf, latestMean, logOfCurve } from '../../../reports/live/curve.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { growing } from './growing.ts';

test('a log that is read row by row is the log that is read as a whole', () => {
  const lines = growing().lines('er-seed1');
  const file = join(temporaryFolder(), 'accuracy.csv');
  writeFileSync(file, lines.join(''));
  const [header, ...rows] = lines.map((line) => line.trimEnd());
  const curve = curveOf(header);
  for (const row of rows) addRow(curve, row);
  expect(logOfCurve(curve, [])).toEqual(readEvaluationLog(file, 'accuracy'));
});

test('values have the number of items behind them, where there is a value', () => {
  const curve = curveOf('step,training_task,a,b');
  addRow(curve, '0,a,0.5,');
  expect(logOfCurve(curve, [350, 360]).counts).toEqual([Float64Array.of(350), Float64Array.of(NaN)]);
});

test('the mean is over the tasks that have a value', () => {
  const curve = curveOf('step,training_task,a,b,c');
  expect(latestMean(curve)).toBeNull();
  addRow(curve, '0,a,0.5,0.25,');
  expect(latestMean(curve)).toBe(0.375);
});

const damaged: Readonly<Record<string, [string, string]>> = {
  'too few cells': ['5,a,0.5', '1 values instead of 2'],
  'a step that is none': ['x,a,0.5,0.5', 'the step is no whole number'],
  'a step that goes back': ['3,a,0.5,0.5', 'the step is no whole number, or below the one before'],
  'a value that is no number': ['5,a,0.5,?', 'a value is no accuracy'],
  'a blank value': ['5,a,0.5, ', 'a value is no accuracy'],
  'a percentage': ['5,a,50,0.5', 'a value is no accuracy'],
  'an unknown task': ['5,z,0.5,0.5', 'unknown task'],
};

test.each(Object.entries(damaged))('%s is an error that names the row, and nothing is added', (_, [line, problem]) => {
  const curve = curveOf('step,training_task,a,b');
  addRow(curve, '4,a,0.5,');
  expect(() => addRow(curve, line)).toThrow(`accuracy.csv, row 3: ${problem}`);
  expect(curve).toMatchObject({ steps: [4], training: [0], values: [[0.5], [NaN]] });
});

test('a header of something else is an error', () => {
  expect(() => curveOf('epoch,accuracy')).toThrow('accuracy.csv, row 1: the header must be step,training_task');
});

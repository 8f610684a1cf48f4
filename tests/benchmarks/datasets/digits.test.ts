import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { UserError, packageRoot } from '../../../base/index.ts';
import { parseDigits } from '../../../benchmarks/datasets/digits.ts';
import { loadDataset, type Dataset } from '../../../benchmarks/index.ts';
import { countClasses, momentsOf } from '../fixtures.ts';

const description = readFileSync(join(packageRoot, 'benchmarks/datasets/digits/optdigits.names'), 'utf8');
let digits: Dataset;
beforeAll(async () => {
  digits = await loadDataset('digits');
});

test('digits has the class counts that its authors state in optdigits.names', () => {
  const [train, held] = description.split(/Class:\s+No of examples in (?:training|testing) set/).slice(1);
  const stated = (table: string): number[] =>
    [...table.matchAll(/^\s*\d:\s+(\d+)/gm)].slice(0, 10).map((m) => Number(m[1]));
  expect(countClasses(digits.train.labels, 10)).toEqual(stated(train));
  expect(countClasses(digits.test.labels, 10)).toEqual(stated(held));
});

test('digits has 64 values of 0..16 a sample, with 16 the maximum', () => {
  for (const { inputs, labels } of [digits.train, digits.test]) {
    expect(inputs.length).toBe(labels.length * 64);
    expect(inputs.reduce((a, b) => Math.max(a, b))).toBe(digits.maximum);
  }
});

test('mean and standard deviation are those of the training digits', () => {
  const [{ mean, std }] = momentsOf(digits.train.inputs, 1, digits.maximum);
  expect(digits.normalization!.mean[0]).toBeCloseTo(mean, 4);
  expect(digits.normalization!.std[0]).toBeCloseTo(std, 4);
});

test('the nearest neighbour is right as often as its authors state in optdigits.names', () => {
  const stated = Number(/k =\s+1\s+: ([\d.]+)/.exec(description)?.[1]);
  let right = 0;
  for (let i = 0; i < digits.test.labels.length; i++) {
    if (digits.train.labels[nearest(digits.test.inputs.subarray(i * 64, (i + 1) * 64))] === digits.test.labels[i])
      right++;
  }
  expect((100 * right) / digits.test.labels.length).toBeCloseTo(stated, 2);
});

function nearest(image: Uint8Array): number {
  const { inputs, labels } = digits.train;
  let best = 0;
  let bestDistance = Infinity;
  for (let i = 0; i < labels.length; i++) {
    let distance = 0;
    for (let p = 0; p < 64 && distance < bestDistance; p++) distance += (image[p] - inputs[i * 64 + p]) ** 2;
    if (distance < bestDistance) [best, bestDistance] = [i, distance];
  }
  return best;
}

describe('a table that does not fit is refused with file, row and column', () => {
  const header = Array.from({ length: 65 }, (_, i) => `c${i}`).join(',');
  const row = (change: (cells: string[]) => void = () => {}): string => {
    const cells = Array.from({ length: 65 }, () => '7');
    change(cells);
    return cells.join(',');
  };
  test('the unharmed table is read', () => {
    expect(parseDigits(`${header}\n${row()}\n`, 'd.csv').labels).toEqual(Uint8Array.of(7));
  });
  test.each<[string, string, string]>([
    ['empty', '', 'd.csv: holds no digits'],
    ['header only', header, 'd.csv: holds no digits'],
    ['no header', `${row()}\n${row()}`, 'd.csv: row 1, column 1: expected a header, got 7'],
    ['short row', `${header}\n${row()}\n7,7,7`, 'd.csv: row 3, column 4: the row has 3 columns, expected 65'],
    ['long row', `${header}\n${row()},7`, 'd.csv: row 2, column 66: the row has 66 columns, expected 65'],
    [
      'value too large',
      `${header}\n${row((c) => (c[11] = '17'))}`,
      'row 2, column 12: expected an integer of 0..16, got "17"',
    ],
    ['negative', `${header}\n${row((c) => (c[0] = '-1'))}`, 'row 2, column 1: expected an integer of 0..16, got "-1"'],
    [
      'fraction',
      `${header}\n${row((c) => (c[1] = '1.5'))}`,
      'row 2, column 2: expected an integer of 0..16, got "1.5"',
    ],
    ['empty cell', `${header}\n${row((c) => (c[2] = ''))}`, 'row 2, column 3: expected an integer of 0..16, got ""'],
    ['NaN', `${header}\n${row((c) => (c[63] = 'NaN'))}`, 'row 2, column 64: expected an integer of 0..16, got "NaN"'],
    ['class 10', `${header}\n${row((c) => (c[64] = '10'))}`, 'row 2, column 65: expected an integer of 0..9, got "10"'],
    ['open quote', `${header}\n"${row()}`, 'd.csv: not a CSV file'],
  ])('%s', (_, text, message) => {
    expect(() => parseDigits(text, 'd.csv')).toThrow(UserError);
    expect(() => parseDigits(text, 'd.csv')).toThrow(message);
  });
});

import { expect, test } from 'vitest';
import { readLength } from '../../../reports/figures/length.ts';

test.each([
  ['1in', 72],
  ['3.25in', 234],
  ['2.54cm', 72],
  ['25.4 mm', 72],
  ['234pt', 234],
  ['96px', 72],
  ['.5in', 36],
])('%s is %d points', (text, points) => expect(readLength(text)).toBeCloseTo(points, 10));

test.each(['', '3', 'in', '3 inches', '-1in', '0in', '0.0cm', '1e3pt', '3in4'])('%j is no length', (text) =>
  expect(readLength(text)).toBeNull(),
);

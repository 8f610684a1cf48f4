import { expect, test } from 'vitest';
import { places } from '../../../reports/tables/places.ts';

test('the highest is best where higher is better, the lowest where lower is', () => {
  const shown = ['0.9', '0.7', '0.8', '-0.1'];
  expect(places(shown, 'higher')).toEqual(['best', null, 'second', null]);
  expect(places(shown, 'lower')).toEqual([null, 'second', null, 'best']);
});

test('values that look alike share a place, and a value that is missing has none', () => {
  expect(places(['0.91', '0.91', '0.85', null, '0.85', '0.2'], 'higher')).toEqual([
    'best',
    'best',
    'second',
    null,
    'second',
    null,
  ]);
});

test('numbers are compared, not their digits as text', () => {
  expect(places(['9.5', '63.1', '119.9'], 'lower')).toEqual(['best', 'second', null]);
});

test('of two places none is second, and none is best where all look alike or one value stands alone', () => {
  expect(places(['0.9', '0.8', '0.8'], 'higher')).toEqual(['best', null, null]);
  expect(places(['0.9', '0.9', null], 'higher')).toEqual([null, null, null]);
  expect(places(['0.9'], 'higher')).toEqual([null]);
  expect(places([null, null], 'lower')).toEqual([null, null]);
});

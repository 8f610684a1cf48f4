import { array, assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohensDz, pairedTTest, tInterval, welchTTest } from '../../../metrics/index.ts';
import { finite, near } from './near.ts';
import { references, sides } from './references.ts';

it.each(references.paired)('pairedTTest and cohensDz are those of scipy and pingouin: $differences', (reference) => {
  const { differences } = reference;
  expect(pairedTTest(differences)!.t).toEqual(near(reference.t));
  for (const side of sides) expect(pairedTTest(differences, side)!.p).toEqual(near(reference.p[side]));
  expect(cohensDz(differences)!).toEqual(near(reference.dz));
});

it.each(references.welch)('welchTTest is that of scipy: $first and $second', ({ first, second, t, df, p }) => {
  const test = welchTTest(first, second)!;
  expect([test.t, test.degreesOfFreedom, test.p]).toEqual(near([t, df, p]));
  const swapped = welchTTest(second, first)!;
  expect([swapped.t, swapped.p]).toEqual(near([-t, p]));
});

describe('pairedTTest', () => {
  it('rejects at 5 % just where the 95 % interval leaves out 0', () => {
    assert(
      property(array(finite, { minLength: 2, maxLength: 9 }), (differences) => {
        const test = pairedTTest(differences);
        const { low, high } = tInterval(differences)!;
        if (test === null || Math.abs(test.p - 0.05) < 1e-9) return;
        expect(test.p < 0.05).toBe(low > 0 || high < 0);
      }),
    );
  });

  it('and cohensDz are null below two pairs, and without spread', () => {
    for (const differences of [[], [1], [0.1, 0.1, 0.1], [0, 0]]) {
      expect(pairedTTest(differences)).toBeNull();
      expect(cohensDz(differences)).toBeNull();
    }
    expect(welchTTest([1], [1, 2])).toBeNull();
    expect(welchTTest([0.1, 0.1, 0.1], [2, 2])).toBeNull();
    expect(welchTTest([0.1, 0.1, 0.1], [2, 3])).not.toBeNull();
  });

  it('and cohensDz refuse NaN', () => {
    expect(() => pairedTTest([1, NaN])).toThrow(RangeError);
    expect(() => cohensDz([NaN, 1])).toThrow(RangeError);
    expect(() => welchTTest([1, 2], [1, Infinity])).toThrow('second[1] is Infinity');
  });
});

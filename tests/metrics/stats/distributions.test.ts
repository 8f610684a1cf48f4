import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binomialCdf,
  binomialQuantile,
  binomialTail,
  chiSquareQuantile,
  chiSquareTail,
  fQuantile,
  fTail,
  normalCdf,
  normalQuantile,
  normalTail,
  studentizedRangeQuantile,
  studentizedRangeTail,
  studentTQuantile,
  studentTTail,
} from '../../../metrics/index.ts';
import { logGamma } from '../../../metrics/stats/distributions/log-gamma.ts';
import { near } from './near.ts';
import { references } from './references.ts';

type Numeric = (...values: number[]) => number;

const tails: Record<string, { tail: Numeric; relative: number }> = {
  normalTail: { tail: normalTail as Numeric, relative: 1e-12 },
  studentTTail: { tail: studentTTail as Numeric, relative: 1e-12 },
  fTail: { tail: fTail as Numeric, relative: 1e-12 },
  chiSquareTail: { tail: chiSquareTail as Numeric, relative: 1e-12 },
  binomialTail: { tail: binomialTail as Numeric, relative: 1e-11 },
};

describe.each(Object.entries(tails))('%s', (name, { tail, relative }) => {
  it.each(references.tails[name])('is that of mpmath to 12 digits, however small: %j', (...row) => {
    const expected = row.at(-1)!;
    expect(Math.abs(tail(...row.slice(0, -1)) - expected)).toBeLessThanOrEqual(relative * expected);
  });
});

it.each(references.tails.studentizedRangeTail)(
  'studentizedRangeTail is that of mpmath to 1e-13: %j',
  (q, k, expected) => {
    expect(studentizedRangeTail(q, k)).toEqual(near(expected, 13));
  },
);

const quantiles: Record<string, { quantile: Numeric; digits: number }> = {
  normalQuantile: { quantile: normalQuantile as Numeric, digits: 12 },
  studentTQuantile: { quantile: studentTQuantile as Numeric, digits: 12 },
  fQuantile: { quantile: fQuantile as Numeric, digits: 11 },
  chiSquareQuantile: { quantile: chiSquareQuantile as Numeric, digits: 12 },
  binomialQuantile: { quantile: binomialQuantile as Numeric, digits: 15 },
  // scipy integrates this one numerically too.
  studentizedRangeQuantile: { quantile: studentizedRangeQuantile as Numeric, digits: 9 },
};

describe.each(Object.entries(quantiles))('%s', (name, { quantile, digits }) => {
  it.each(references.quantiles[name])('is that of scipy: %j', (...row) => {
    expect(quantile(...row.slice(0, -1))).toEqual(near(row.at(-1)!, digits));
  });
});

describe('distributions', () => {
  it('have quantiles that undo their tails', () => {
    const share = double({ min: 0.001, max: 0.999, noNaN: true });
    const degrees = double({ min: 0.6, max: 400, noNaN: true });
    assert(
      property(share, degrees, degrees, (p, m, n) => {
        expect(normalCdf(normalQuantile(p))).toEqual(near(p));
        expect(1 - studentTTail(studentTQuantile(p, m), m)).toEqual(near(p, 11));
        expect(1 - chiSquareTail(chiSquareQuantile(p, m), m)).toEqual(near(p, 11));
        expect(1 - fTail(fQuantile(p, m, n), m, n)).toEqual(near(p, 11));
      }),
    );
  });

  it('of t and the normal are symmetric, and t tends to the normal', () => {
    assert(
      property(double({ min: 0, max: 30, noNaN: true }), double({ min: 0.5, max: 100, noNaN: true }), (x, df) => {
        expect(normalTail(x) + normalTail(-x)).toEqual(near(1, 14));
        expect(studentTTail(x, df) + studentTTail(-x, df)).toEqual(near(1, 14));
      }),
    );
    expect(studentTTail(1.3, 1e6)).toEqual(near(normalTail(1.3), 6));
  });

  it('t² with n degrees is F with 1 and n, z² is χ² with 1, the range of two normals is √2 |z|', () => {
    expect(fTail(1.7 ** 2, 1, 6)).toEqual(near(2 * studentTTail(1.7, 6), 14));
    expect(chiSquareTail(2.2 ** 2, 1)).toEqual(near(2 * normalTail(2.2), 14));
    expect(studentizedRangeTail(2, 2)).toEqual(near(2 * normalTail(Math.SQRT2), 14));
  });

  it('of the binomial sum to one, and its quantile is the smallest count that reaches the share', () => {
    assert(
      property(
        integer({ min: 0, max: 80 }),
        double({ min: 0, max: 1, noNaN: true }),
        integer({ min: -2, max: 82 }),
        (n, p, k) => {
          expect(binomialTail(k, n, p) + binomialCdf(k, n, p)).toEqual(near(1));
          const least = binomialQuantile(0.9, n, p);
          expect(binomialCdf(least, n, p)).toBeGreaterThanOrEqual(0.9);
          expect(least === 0 || binomialCdf(least - 1, n, p) < 0.9).toBe(true);
        },
      ),
    );
  });

  it('reach their ends', () => {
    expect([normalQuantile(0), normalQuantile(1), studentTQuantile(1, 3)]).toEqual([-Infinity, Infinity, Infinity]);
    expect([chiSquareQuantile(0, 2), fQuantile(0, 2, 3), fQuantile(1, 2, 3)]).toEqual([0, 0, Infinity]);
    expect([
      normalTail(Infinity),
      studentTTail(-Infinity, 2),
      fTail(Infinity, 1, 1),
      studentizedRangeTail(0, 3),
    ]).toEqual([0, 1, 0, 1]);
  });

  it.each([
    ['a probability of 1.2', () => normalQuantile(1.2)],
    ['NaN for a probability', () => studentTQuantile(NaN, 3)],
    ['no degrees of freedom', () => studentTTail(1, 0)],
    ['negative degrees of freedom', () => chiSquareTail(1, -1)],
    ['NaN degrees of freedom', () => fTail(1, NaN, 2)],
    ['half a trial', () => binomialCdf(1, 0.5, 0.5)],
    ['NaN successes', () => binomialTail(NaN, 2, 0.5)],
    ['a single group', () => studentizedRangeTail(1, 1)],
    ['the largest range', () => studentizedRangeQuantile(1, 3)],
    ['NaN for z', () => normalTail(NaN)],
    ['NaN for t', () => studentTTail(NaN, 3)],
    ['NaN for F', () => fTail(NaN, 3, 3)],
    ['NaN for χ²', () => chiSquareTail(NaN, 3)],
    ['NaN for a range', () => studentizedRangeTail(NaN, 3)],
  ])('refuse %s', (_, call) => {
    expect(call).toThrow(RangeError);
  });
});

it('logGamma is ln (n − 1)! at whole numbers and ln √π at ½', () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    expect(logGamma(n)).toEqual(near(Math.log(factorial), 14));
    factorial *= n;
  }
  expect(logGamma(0.5)).toEqual(near(Math.log(Math.PI) / 2, 14));
});

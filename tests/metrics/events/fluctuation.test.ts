import { describe, expect, test } from 'vitest';
import { createRng, type Rng } from '../../../base/index.ts';
import { fluctuationOf, residualsOf } from '../../../metrics/events/fluctuation.ts';

const lineOf = (values: readonly number[]) => residualsOf(Float64Array.from(values))!;

/** An autoregression with standard deviation 1. */
function wander(rng: Rng, length: number, rho: number): number[] {
  let state = rng.normal();
  return Array.from({ length }, () => {
    const now = state;
    state = rho * state + Math.sqrt(1 - rho ** 2) * rng.normal();
    return now;
  });
}

describe('residuals about a line', () => {
  test('by hand: 0, 1, 0, 1 have the line .2 + .2t', () => {
    // Residuals −.2, .6, −.6, .2.
    const { count, squares, products } = lineOf([0, 1, 0, 1]);
    expect(count).toBe(4);
    expect(squares).toBeCloseTo(0.8, 12);
    expect(products).toBeCloseTo(-0.12 - 0.36 - 0.12, 12);
  });

  test('a straight line leaves none, and fewer than 4 values say nothing', () => {
    expect(lineOf([0.1, 0.2, 0.3, 0.4, 0.5])).toEqual({ count: 5, squares: 0, products: 0 });
    expect(residualsOf(new Float64Array(3))).toBeNull();
  });
});

describe('the fluctuation', () => {
  test('of one line by hand: Σe²/(n − 2τ) with ρ from the lag-1 autocorrelation', () => {
    // ρ = −.6/.8 + (2 − 3)/4 = −1, so 0: τ = 1, σ² = .8/2, two degrees of freedom.
    expect(fluctuationOf([lineOf([0, 1, 0, 1])])).toEqual({ error: Math.sqrt(0.8 / 2), degrees: 2 });
  });

  test('is null where nothing moves', () => {
    expect(fluctuationOf([lineOf([3, 3, 3, 3])])).toBeNull();
    expect(fluctuationOf([])).toBeNull();
  });

  test.each([
    [0, 50, 4, 0.97, 1.04],
    [0.5, 50, 4, 0.97, 1.1],
    [0.9, 200, 4, 0.97, 1.15],
    [0, 5, 5, 0.9, 1.35],
    [0, 50, 1, 0.97, 1.06],
    [0.5, 50, 2, 0.97, 1.12],
  ])(
    'of an autoregression with ρ = %f over %i values in %i lines is its deviation',
    (rho, length, lines, low, high) => {
      const rng = createRng('fluctuation');
      let squares = 0;
      for (let i = 0; i < 400; i++) {
        const parts = Array.from({ length: lines }, () => lineOf(wander(rng, length, rho)));
        squares += fluctuationOf(parts)!.error ** 2 / 400;
      }
      expect(Math.sqrt(squares)).toBeGreaterThan(low);
      expect(Math.sqrt(squares)).toBeLessThan(high);
    },
  );

  test('one line of three across which something happened does not count', () => {
    const rng = createRng('quiet');
    const quiet = [0, 1, 2].map(() => wander(rng, 40, 0));
    const disturbed = [quiet[0], quiet[1].map((value, i) => value - (i > 10 && i < 30 ? 20 : 0)), quiet[2]];
    expect(fluctuationOf(disturbed.map(lineOf))!.error).toBeLessThan(1.5);
    expect(fluctuationOf(disturbed.slice(0, 2).map(lineOf))!.error).toBeGreaterThan(5);
  });

  test('is never better known than with 8 degrees of freedom, nor worse than with 1', () => {
    const rng = createRng('degrees');
    expect(fluctuationOf([lineOf(wander(rng, 1000, 0))])!.degrees).toBe(8);
    expect(fluctuationOf([lineOf([1, 2, 3, 4, 4, 3, 2, 1])])!.degrees).toBe(1);
  });

  test('scales with the values', () => {
    const values = wander(createRng('scale'), 30, 0.5);
    const [one, hundred] = [1, 100].map((scale) => fluctuationOf([lineOf(values.map((value) => scale * value))])!);
    expect(hundred.error).toBeCloseTo(100 * one.error, 9);
    expect(hundred.degrees).toBeCloseTo(one.degrees, 9);
  });
});

import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';

describe('createRng', () => {
  test('gives the same stream for the same seed and another for another', () => {
    const draw = (seed: number) => {
      const rng = createRng(seed);
      return Array.from({ length: 20 }, () => rng.uniform());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(8)).not.toEqual(draw(7));
  });

  test('forks by label, whatever was drawn before', () => {
    const fresh = createRng(1).fork('order').uniform();
    const used = createRng(1);
    for (let i = 0; i < 100; i++) used.uniform();
    expect(used.fork('order').uniform()).toBe(fresh);
    expect(used.fork('init').uniform()).not.toBe(fresh);
  });

  test('goes on from a saved state', () => {
    const rng = createRng(1);
    rng.normal();
    const state = rng.state();
    const ahead = [rng.uniform(), rng.integer(10), rng.normal()];
    rng.restore(state);
    expect([rng.uniform(), rng.integer(10), rng.normal()]).toEqual(ahead);
  });

  test('uniform has the moments of U(0, 1) and normal those of N(0, 1)', () => {
    const rng = createRng(2);
    const moments = (draw: () => number) => {
      const values = Array.from({ length: 50_000 }, draw);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
    };
    // Five standard errors of the mean and variance of 50,000 draws.
    const [uniformMean, uniformVariance] = moments(rng.uniform);
    expect(Math.abs(uniformMean - 1 / 2)).toBeLessThan(0.0065);
    expect(Math.abs(uniformVariance - 1 / 12)).toBeLessThan(0.0017);
    const [normalMean, normalVariance] = moments(rng.normal);
    expect(Math.abs(normalMean)).toBeLessThan(0.023);
    expect(Math.abs(normalVariance - 1)).toBeLessThan(0.032);
  });

  test('a permutation holds every index once, and every order of three is equally likely (χ², 5 degrees of freedom)', () => {
    const rng = createRng(3);
    expect([...rng.permutation(50)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = rng.permutation(3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chi2).toBeLessThan(20.5); // 99.9 % quantile
  });

  test('samples without repetition and refuses more than there is', () => {
    const rng = createRng(4);
    expect(new Set(rng.sample(100, 30)).size).toBe(30);
    expect(rng.sample(5, 0)).toHaveLength(0);
    expect(() => rng.sample(3, 4)).toThrow('cannot draw 4 distinct items out of 3');
  });
});

import { array, assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from '../../../metrics/index.ts';
import { near } from './near.ts';
import { references } from './references.ts';

describe('holm', () => {
  it.each(references.holm)('is that of statsmodels: $p', ({ p, adjusted }) => {
    expect(holm(p)).toEqual(near(adjusted, 14));
  });

  it('raises every p, to m times itself at most, keeps their order, and rejects step by step', () => {
    assert(
      property(array(double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (p) => {
        const adjusted = holm(p);
        const order = p.map((_, i) => i).toSorted((i, j) => p[i] - p[j]);
        order.forEach((i, place) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p[i]);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p.length * p[i]));
          expect(adjusted[i]).toBeGreaterThanOrEqual(adjusted[order[Math.max(0, place - 1)]]);
        });
        // Holm's procedure as he states it: go on while p₍ₖ₎ ≤ α / (m − k + 1). Sorted ties are rejected together.
        const kept = order.findIndex((i, place) => (p.length - place) * p[i] > 0.05);
        const rejected = order.slice(0, kept === -1 ? p.length : kept);
        expect(new Set(p.flatMap((_, i) => (adjusted[i] <= 0.05 ? [i] : [])))).toEqual(new Set(rejected));
      }),
    );
  });

  it('of none is none; NaN and p above 1 are refused', () => {
    expect(holm([])).toEqual([]);
    expect(() => holm([0.1, NaN])).toThrow('p[1] lies in [0, 1], not NaN');
    expect(() => holm([1.1])).toThrow(RangeError);
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minimizeBounded } from '../../methods/shared/boundedQuadratic.ts';

const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** G·Gᵀ + ε·I. */
const gramOf = (G: readonly (readonly number[])[], epsilon: number): number[][] =>
  G.map((a, i) => G.map((b, j) => inner(a, b) + (i === j ? epsilon : 0)));

const objective = (P: readonly (readonly number[])[], q: readonly number[], v: readonly number[]): number =>
  inner(v, q) +
  inner(
    v,
    P.map((row) => inner(row, v)),
  ) /
    2;

/** Largest violation of the Karush–Kuhn–Tucker conditions: v ≥ bound; slopes that are 0 off the bound and not negative on it. */
const violation = (P: readonly (readonly number[])[], q: readonly number[], v: readonly number[], lower: number) =>
  Math.max(
    ...v.map((value, i) => {
      const slope = q[i] + inner(P[i], v);
      return Math.max(lower - value, value > lower ? Math.abs(slope) : -slope);
    }),
  );

/** The minimum by projected gradient descent with step 1/trace(P), which bounds the largest eigenvalue: slow, sure, and another algorithm. */
function projectedGradient(P: readonly (readonly number[])[], q: readonly number[], lower: number): number[] {
  const step = 1 / P.reduce((sum, row, i) => sum + row[i], 0);
  let v = q.map(() => lower);
  for (let i = 0; i < 200_000; i++) {
    const next = v.map((value, j) => Math.max(lower, value - step * (q[j] + inner(P[j], v))));
    const moved = Math.max(...next.map((value, j) => Math.abs(value - v[j])));
    v = next;
    if (moved < 1e-14) break;
  }
  return v;
}

describe('the minimum of ½vᵀPv + qᵀv over v ≥ bound', () => {
  test.each([
    // 2v − 6 = 0.
    { P: [[2]], q: [-6], lower: 0, expected: [3] },
    { P: [[2]], q: [6], lower: 0, expected: [0] },
    { P: [[2]], q: [-6], lower: 4, expected: [4] },
    // Both free: 2a + b = 3, a + 2b = 3.
    { P: [[2, 1], [1, 2]], q: [-3, -3], lower: 0, expected: [1, 1] }, // prettier-ignore
    // Unbounded it would be (2, −1); on the bound 2a = 3.
    { P: [[2, 1], [1, 2]], q: [-3, 0], lower: 0, expected: [1.5, 0] }, // prettier-ignore
    // The bound enters the equation of the free one: 2a + 0.5 = 3.
    { P: [[2, 1], [1, 2]], q: [-3, 0], lower: 0.5, expected: [1.25, 0.5] }, // prettier-ignore
  ])('is $expected for P = $P, q = $q, bound $lower (by hand)', ({ P, q, lower, expected }) => {
    minimizeBounded(P, q, lower).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });

  const entry = fc.integer({ min: -30, max: 30 }).map((value) => value / 10);
  const problem = fc.integer({ min: 1, max: 5 }).chain((n) =>
    fc.record({
      G: fc.array(fc.array(entry, { minLength: 4, maxLength: 4 }), { minLength: n, maxLength: n }),
      g: fc.array(entry, { minLength: 4, maxLength: 4 }),
      lower: fc.constantFrom(0, 0.5, 2),
    }),
  );

  test('is that of projected gradient descent', () => {
    fc.assert(
      fc.property(problem, ({ G, g, lower }) => {
        // Well-conditioned, so that descent gets there.
        const P = gramOf(G, 0.5);
        const q = G.map((row) => inner(row, g));
        const expected = projectedGradient(P, q, lower);
        minimizeBounded(P, q, lower).forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-9));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test('satisfies the Karush–Kuhn–Tucker conditions, also with more constraints than dimensions and ε = 0.001', () => {
    fc.assert(
      fc.property(problem, ({ G, g, lower }) => {
        const P = gramOf(G, 1e-3);
        const q = G.map((row) => inner(row, g));
        const v = minimizeBounded(P, q, lower);
        const scale = 1 + Math.max(...v.map(Math.abs)) * Math.max(...P.flat().map(Math.abs));
        expect(violation(P, q, v, lower)).toBeLessThan(1e-10 * scale);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('is exact for twenty nearly parallel constraints, where plain coordinate descent crawls', () => {
    const G = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 6 }, (__, j) => 5 + 0.02 * Math.sin(1 + 7 * i + 3 * j * j + i * j)),
    );
    const P = gramOf(G, 1e-3);
    const q = G.map((row) => inner(row, [-1, -0.5, -1, 0.2, -0.3, -0.6]));
    const v = minimizeBounded(P, q, 0.5);
    expect(violation(P, q, v, 0.5)).toBeLessThan(1e-8);
    // No neighbour on the feasible side is lower.
    for (let i = 0; i < 20; i++)
      for (const step of [0.01, -0.01]) {
        const other = v.map((value, j) => (i === j ? Math.max(0.5, value + step) : value));
        expect(objective(P, q, other)).toBeGreaterThanOrEqual(objective(P, q, v) - 1e-9);
      }
  });
});

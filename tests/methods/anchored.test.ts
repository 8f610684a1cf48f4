import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, mlp, type Arrays } from '../../engine/index.ts';
import { accumulate, createAnchor } from '../../methods/shared/anchored.ts';

const network = mlp({ inputs: 3, hidden: [], outputs: 2 });
const names = Object.keys(network.parameters);
const rng = createRng('anchored');
/** @param zeros share of the numbers that are 0 */
const draw = (of: (i: number) => number, zeros = 0): Arrays =>
  Object.fromEntries(
    Object.entries(network.parameters).map(([name, { shape }]) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (rng.uniform() < zeros ? 0 : of(i))),
    ]),
  );

interface Term {
  readonly parameters: Arrays;
  readonly importance: Arrays;
}

/** Σ Ω·(θ − θ*)² and its gradient, written out in 64-bit floats. */
function sum(terms: readonly Term[], theta: Arrays) {
  let value = 0;
  const gradient: number[] = [];
  for (const name of names)
    theta[name].forEach((at, i) => {
      let slope = 0;
      for (const { parameters, importance } of terms) {
        const weight = importance[name][importance[name].length === 1 ? 0 : i];
        value += weight * (at - parameters[name][i]) ** 2;
        slope += 2 * weight * (at - parameters[name][i]);
      }
      gradient.push(slope);
    });
  return { value, gradient };
}

describe('an anchor for many terms', () => {
  test('is the written-out sum of three: value and gradient, with importance of 0 and of 12 magnitudes', () => {
    const terms = Array.from({ length: 3 }, () => ({
      parameters: draw(() => rng.normal()),
      importance: draw(() => 10 ** (-9 + 12 * rng.uniform()), 0.4),
    }));
    const anchor = createAnchor(network);
    for (const { parameters, importance } of terms) anchor.add(parameters, importance);
    for (let at = 0; at < 5; at++) {
      const theta = draw(() => rng.normal());
      const expected = sum(terms, theta);
      const joined = sum([anchor], theta);
      expect((joined.value + anchor.arrays().constant[0]) / expected.value).toBeCloseTo(1, 5);
      joined.gradient.forEach((slope, i) => {
        const wanted = expected.gradient[i];
        // Anchors are rounded to 32 bits, at the scale of the largest Ω.
        expect(Math.abs(slope - wanted)).toBeLessThan(1e-5 * Math.abs(wanted) + 1e-6 * largest(terms, i) + 1e-14);
      });
    }
    expect(anchor.count).toBe(3);
  });

  test('by hand: 2·(θ − 1)² + 6·(θ − 3)² = 8·(θ − 2.5)² + 6', () => {
    const all = (value: number) => draw(() => value);
    const anchor = createAnchor(network);
    anchor.add(all(1), all(2));
    expect(anchor.parameters).toEqual(all(1));
    expect(anchor.arrays().constant[0]).toBe(0);
    anchor.add(all(3), all(6));
    expect(anchor.importance).toEqual(all(8));
    expect(anchor.parameters).toEqual(all(2.5));
    expect(anchor.arrays().constant[0]).toBe(6 * 8); // 8 parameters
  });

  test('where no term counts, it holds nothing and is a number', () => {
    const anchor = createAnchor(network);
    anchor.add(
      draw(() => 5),
      draw(() => 0),
    );
    anchor.add(
      draw(() => 7),
      draw(() => 0),
    );
    expect(
      sum(
        [anchor],
        draw(() => 3),
      ).value,
    ).toBe(0);
    anchor.add(
      draw(() => 7),
      draw(() => 2),
    );
    expect(anchor.parameters).toEqual(draw(() => 7));
    expect(anchor.arrays().constant[0]).toBe(0);
  });

  test('takes one scalar for an array: K equal terms are K·(θ − mean)² + Σ (θ*ₖ − mean)²', () => {
    const anchor = createAnchor(network, Object.fromEntries(names.map((name) => [name, float32()])));
    const ones = Object.fromEntries(names.map((name) => [name, Float32Array.of(1)]));
    for (const value of [1, 2, 6])
      anchor.add(
        draw(() => value),
        ones,
      );
    for (const name of names) expect([...anchor.importance[name]]).toEqual([3]);
    for (const values of Object.values(anchor.parameters)) for (const mean of values) expect(mean).toBeCloseTo(3, 6);
    expect(anchor.arrays().constant[0]).toBeCloseTo(8 * (4 + 1 + 9), 4);
    expect(anchor.bytes).toBe(4 * (8 + names.length));
  });
});

/** The largest Ω of the i-th parameter among the terms. */
function largest(terms: readonly Term[], i: number): number {
  return Math.max(...terms.map(({ importance }) => names.flatMap((name) => [...importance[name]])[i]));
}

test('accumulate is Ω ← γ·Ω + ω', () => {
  const own = { a: Float32Array.of(1, 2) };
  accumulate(own, { a: Float32Array.of(10, 20) }, 0.5);
  accumulate(own, { a: Float32Array.of(1, 1) });
  expect([...own.a]).toEqual([11.5, 22]);
});

test('an anchor moves, and comes back from its state', () => {
  const anchor = createAnchor(network);
  expect(anchor.count).toBe(0);
  const here = draw((i) => i);
  anchor.moveTo(here);
  anchor.add(
    draw(() => 1),
    draw(() => 2),
  );
  const other = createAnchor(network);
  other.restore(structuredClone(anchor.state()));
  expect(other.state()).toEqual(anchor.state());
  expect(other.count).toBe(2);
});

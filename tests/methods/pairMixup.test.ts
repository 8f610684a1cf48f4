import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { drawBeta } from '../../methods/shared/beta.ts';
import { createReservoir } from '../../methods/shared/buffers/reservoir.ts';
import { createStore } from '../../methods/shared/buffers/store.ts';
import {
  allocatePartners,
  mixPairs,
  mixWithin,
  pairProbabilities,
  putMixed,
  roundShares,
} from '../../methods/shared/pairMixup.ts';
import { createPrototypeFeedback } from '../../methods/shared/prototypeFeedback.ts';
import { allocateRows } from '../../methods/shared/rows.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('draws of a Beta distribution', () => {
  // Mean α/(α+β), variance αβ/((α+β)²(α+β+1)); standard error of a mean of 20,000.
  test.each([
    [0.4, 0.4],
    [2, 5],
    [0.05, 0.1],
    [1, 3],
  ])('have the mean and the variance of Beta(%d, %d)', (a, b) => {
    const rng = createRng('beta');
    const draws = Array.from({ length: 20_000 }, () => drawBeta(a, b, rng));
    const mean = a / (a + b);
    const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
    expect(Math.abs(sum(draws) / 20_000 - mean)).toBeLessThan(4 * Math.sqrt(variance / 20_000));
    // Draws lie in [0, 1], so the variance of squared deviations is at most the variance.
    const spread = sum(draws.map((value) => (value - mean) ** 2)) / 20_000;
    expect(Math.abs(spread - variance)).toBeLessThan(4 * Math.sqrt(variance / 20_000));
    expect(draws.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('of Beta(½, ½) follow the arcsine law, (2/π)·asin(√x)', () => {
    const rng = createRng('arcsine');
    const draws = Array.from({ length: 4000 }, () => drawBeta(0.5, 0.5, rng)).toSorted((a, b) => a - b);
    const deviation = Math.max(
      ...draws.map((value, i) => Math.abs((i + 0.5) / 4000 - (2 / Math.PI) * Math.asin(Math.sqrt(value)))),
    );
    // Kolmogorov–Smirnov: beyond 1.95/√n with probability 0.001.
    expect(deviation).toBeLessThan(1.95 / Math.sqrt(4000));
  });
});

// By hand: prototypes at 0, 1 and 3 on a line, at distances 1, 3 and 2, and a class without one.
test('pairs are as likely as the exponential of one over their distance says', () => {
  const means = Float32Array.of(0, 0, 9, 9, 1, 0, 3, 0);
  const pairs = pairProbabilities(means, 2, [0, 2, 3]);
  expect(pairs.map(({ classes }) => classes)).toEqual([
    [0, 2],
    [0, 3],
    [2, 3],
  ]);
  const odds = [Math.E, Math.exp(1 / 3), Math.exp(1 / 2)];
  pairs.forEach(({ probability }, i) => expect(probability).toBeCloseTo(odds[i] / sum(odds), 12));
});

test('prototypes in one place make a certain pair, and fewer than two classes none', () => {
  const pairs = pairProbabilities(Float32Array.of(1, 1, 1, 1, 0, 0), 2, [0, 1, 2]);
  expect(pairs.map(({ probability }) => probability)).toEqual([1, 0, 0]);
  expect(pairProbabilities(new Float32Array(4), 2, [1])).toEqual([]);
});

describe('shares rounded to whole numbers', () => {
  const rng = createRng('shares');

  test('sum to the total, and deviate by 1.5 at most', () => {
    for (let round = 0; round < 200; round++) {
      const raw = Array.from({ length: 1 + rng.integer(20) }, () => rng.uniform() ** 4);
      const probabilities = raw.map((value) => value / sum(raw));
      const total = rng.integer(30);
      const counts = roundShares(probabilities, total, rng);
      expect(sum(counts)).toBe(total);
      counts.forEach((count, i) => {
        expect(count).toBeGreaterThanOrEqual(0);
        expect(Math.abs(count - total * probabilities[i])).toBeLessThanOrEqual(1.5);
      });
    }
  });

  // Ten over three is three each, and one more for one of them; six over four rounds to two each, and one less for two of them.
  test.each([
    [3, 10, [3, 4]],
    [4, 6, [1, 2]],
  ])('of %i equal ones each gets the odd one out as often as the others (total %i)', (length, total, values) => {
    const means = Array<number>(length).fill(0);
    for (let round = 0; round < 3000; round++)
      roundShares(Array<number>(length).fill(1 / length), total, rng).forEach((count, i) => {
        expect(values).toContain(count);
        means[i] += count / 3000;
      });
    // Bernoulli: standard deviation at most ½.
    for (const mean of means) expect(Math.abs(mean - total / length)).toBeLessThan((4 * 0.5) / Math.sqrt(3000));
  });
});

test('within a draw rows are mixed with the draw in random order, all of them or none', () => {
  const rng = createRng('within');
  const slots = [4, 8, 15, 16, 23];
  let mixing = 0;
  for (let round = 0; round < 2000; round++) {
    const mixed = mixWithin(slots, 0.3, 0.6, rng);
    expect(mixed.map(({ first }) => first)).toEqual(slots);
    expect(mixed.map(({ second }) => second).toSorted((a, b) => a - b)).toEqual(slots);
    if (mixed.every(({ share, first, second }) => share === 0 && first === second)) continue;
    mixing++;
    for (const { share } of mixed) expect(share >= 0 && share < 0.6).toBe(true);
  }
  // Binomial with n = 2000, p = .3: standard deviation 20.5.
  expect(Math.abs(mixing - 600)).toBeLessThan(4 * 20.5);
});

test('pairs are mixed of slots of their two classes, with shares of a Beta distribution or none for a whole pair', () => {
  const rng = createRng('pairs');
  const pairs = [
    { classes: [7, 1], probability: 0.9 },
    { classes: [1, 3], probability: 0.1 },
  ] as const;
  const slotsOf = new Map([
    [7, [0, 2]],
    [1, [5]],
    [3, [8, 9, 11]],
  ]);
  const seen = new Set<string>();
  const shares: number[] = [];
  for (let round = 0; round < 500; round++) {
    const mixed = mixPairs(pairs, [4, 2], slotsOf, { mixing: 0.5, alpha: 0.4 }, rng);
    expect(mixed).toHaveLength(6);
    for (const [from, to] of [
      [0, 4],
      [4, 6],
    ]) {
      const part = mixed.slice(from, to);
      const some = part.filter(({ share }) => share > 0).length;
      expect([0, part.length]).toContain(some);
      shares.push(...part.map(({ share }) => share).filter((share) => some > 0 && share >= 0));
      for (const { first, second } of part) seen.add(`${first}-${second}`);
    }
  }
  expect([...seen].toSorted()).toEqual(['0-5', '2-5', '5-11', '5-8', '5-9']);
  // Beta(.4, .4): mean ½, standard deviation .373; a pair is mixed in half of the rounds.
  expect(Math.abs(sum(shares) / shares.length - 0.5)).toBeLessThan((4 * 0.373) / Math.sqrt(shares.length));
  expect(Math.abs(shares.length - 1500)).toBeLessThan(4 * Math.sqrt(500 * (16 + 4) * 0.25));
});

test('mixed rows are weighted sums, with what is right for both parts', () => {
  const store = createStore(3, 2);
  store.put(0, Float32Array.of(1, 2), { y: 5, task: 0, id: 10 });
  store.put(2, Float32Array.of(3, -2), { y: 6, task: 1, id: 11 });
  const rows = allocateRows(3, 2);
  const partners = allocatePartners(3);
  rows.weight.fill(9);
  const mixed = [
    { first: 0, second: 2, share: 0.25 },
    { first: 2, second: 2, share: 0 },
  ];
  putMixed(rows, partners, mixed, store);
  expect([...rows.x]).toEqual([1.5, 1, 3, -2, 0, 0]);
  expect([[...rows.y], [...rows.task], [...rows.weight]]).toEqual([
    [5, 6, 0],
    [0, 1, 0],
    [0.5, 0.5, 0],
  ]);
  expect([[...partners.y], [...partners.task], [...partners.share]]).toEqual([
    [6, 6, 0],
    [1, 1, 0],
    [0.25, 0, 0],
  ]);
});

describe('prototype feedback', () => {
  const options = { baseShare: 0.75, mixing: 1, baseMix: 0.6, pairMix: 0.4 };

  /** A buffer whose slot i holds a row of class `labels[i]`. */
  function feedbackOf(labels: readonly number[], more: Partial<typeof options> = {}) {
    const rng = createRng('feedback');
    const buffer = createReservoir(labels.length, 1, rng);
    const y = Int32Array.from(labels);
    buffer.add({ x: new Float32Array(y.length), y, ids: new Int32Array(y.length), size: y.length, task: 0 });
    const create = () => createPrototypeFeedback(buffer, 5, 1, { ...options, ...more }, rng);
    return { create, feedback: create(), classOf: (slot: number) => labels[slot] };
  }

  test('mixes floor(β·count) rows within the draw, and the others by pairs of the classes of the last draw', () => {
    const { feedback, classOf } = feedbackOf([4, 4, 2, 0, 2, 1, 0, 1]);
    feedback.remember(Float32Array.of(0, 9, 3, 0, 3.1), Int32Array.of(1, 2, 3, 6));
    const slots = Int32Array.of(7, 5, 3, 2, 1, 0, 4);
    const mixed = feedback.mix(slots, 15);
    expect(mixed.slice(0, 7).map(({ first }) => first)).toEqual([...slots]);
    expect(mixed).toHaveLength(15);
    const small = feedback.mix(slots, 7);
    expect(small.slice(0, 5).map(({ first }) => first)).toEqual([7, 5, 3, 2, 1]);
    expect(small).toHaveLength(7);
    // The means of 2 and 4 are a tenth apart: their pair is all but certain. Class 1 was not in the draw.
    for (const { first, second } of [...mixed.slice(7), ...small.slice(5)])
      expect([classOf(first), classOf(second)].toSorted()).toEqual([2, 4]);
  });

  test('goes by classes that the buffer still holds, and without a pair mixes the whole draw within itself', () => {
    const { feedback } = feedbackOf([2, 2, 3, 3]);
    expect(feedback.mix(Int32Array.of(0, 3, 1), 6).map(({ first }) => first)).toEqual([0, 3, 1]);
    feedback.remember(new Float32Array(5), Int32Array.of(0, 1));
    expect(feedback.mix(Int32Array.of(0, 3, 1), 2).map(({ first }) => first)).toEqual([0, 3]);
  });

  test('takes its class means along in its state', () => {
    const { create, feedback, classOf } = feedbackOf([0, 1, 2, 2], { baseShare: 0 });
    feedback.remember(Float32Array.of(5, 0, 0.01, 0, 0), Int32Array.of(0, 1, 2));
    const other = create();
    other.restore(structuredClone(feedback.state()));
    const mixed = other.mix(Int32Array.of(0, 1, 2, 3), 9);
    expect(mixed).toHaveLength(9);
    for (const { first, second } of mixed) expect([classOf(first), classOf(second)].toSorted()).toEqual([1, 2]);
    expect(feedback.bytes).toBe(5 * 4 + 5 * 4);
  });
});

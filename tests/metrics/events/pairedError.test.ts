import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EvaluationLog } from '../../../logs/index.ts';
import { detectEvents } from '../../../metrics/events.ts';
import { pairedErrorOf } from '../../../metrics/events/pairedError.ts';
import { mcNemar } from '../../../metrics/stats/mcnemar.ts';

const scoresOf = (scores: readonly number[]): Map<string, number> =>
  new Map(scores.map((score, item) => [`item ${item}`, score]));

const errorOf = (before: readonly number[], after: readonly number[]): number | null =>
  pairedErrorOf((_, row) => scoresOf(row === 0 ? before : after))(0, 0, 1);

/** `both` right in both, `first` only before, `second` only after, `neither` wrong. */
function answers({ both, first, second, neither }: Record<'both' | 'first' | 'second' | 'neither', number>) {
  const repeat = (count: number, pair: readonly [number, number]) => Array.from({ length: count }, () => pair);
  const pairs = [
    ...repeat(both, [1, 1]),
    ...repeat(first, [1, 0]),
    ...repeat(second, [0, 1]),
    ...repeat(neither, [0, 0]),
  ];
  return { before: pairs.map(([each]) => each), after: pairs.map(([, each]) => each) };
}

test('right and wrong answers: √(b + c)/n, so that z is McNemar’s (his χ², with his correction, is ((|d|n − 1)/(error·n))²)', () => {
  const count = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(count, count, count, count, (both, first, second, neither) => {
      const items = both + first + second + neither;
      fc.pre(items >= 10 && first + second > 0);
      const { before, after } = answers({ both, first, second, neither });
      const error = errorOf(before, after)!;
      const { chiSquare } = mcNemar(first, second, 'chi-square');
      const numerator = Math.max(0, Math.abs(first - second) - 1);
      expect((numerator / (error * items)) ** 2).toBeCloseTo(chiSquare, 9);
    }),
    { seed: 1 },
  );
});

test('by hand: 8 of 100 are lost and 2 are won: √10/100', () => {
  const { before, after } = answers({ both: 70, first: 8, second: 2, neither: 20 });
  expect(errorOf(before, after)).toBeCloseTo(Math.sqrt(10) / 100, 12);
});

test('scores that are no answers: the root of the mean of squared differences over √n', () => {
  const before = Array.from({ length: 12 }, (_, i) => i / 10);
  const after = before.map((score, i) => score - (i % 2 === 0 ? 0.3 : 0.1));
  expect(errorOf(before, after)).toBeCloseTo(Math.sqrt((6 * 0.09 + 6 * 0.01) / 12) / Math.sqrt(12), 12);
});

test('where no item differs one counts as if it did: by the width of the scores, or by 1', () => {
  const { before } = answers({ both: 30, first: 0, second: 0, neither: 10 });
  expect(errorOf(before, before)).toBe(1 / 40);
  const scores = Array.from({ length: 20 }, (_, i) => (i < 5 ? 2 : 4));
  expect(errorOf(scores, scores)).toBe(2 / 20);
  const same = Array.from({ length: 20 }, () => 1);
  expect(errorOf(same, same)).toBe(1 / 20);
});

test('only items that both have count, and fewer than 10 say nothing', () => {
  const before = scoresOf(Array.from({ length: 30 }, () => 1));
  const after = new Map([...before].slice(0, 10).map(([item], i) => [item, i < 4 ? 0 : 1]));
  const error = pairedErrorOf((_, row) => (row === 0 ? before : after))(0, 0, 1);
  expect(error).toBeCloseTo(Math.sqrt(4) / 10, 12);
  after.delete('item 0');
  expect(pairedErrorOf((_, row) => (row === 0 ? before : after))(0, 0, 1)).toBeNull();
  expect(pairedErrorOf((_, row) => (row === 0 ? before : null))(0, 0, 1)).toBeNull();
});

test('looks at a pair once, whichever comes first', () => {
  let looked = 0;
  const error = pairedErrorOf((_, row) => {
    looked++;
    return scoresOf(Array.from({ length: 20 }, (__, i) => (i < row ? 1 : 0)));
  });
  const values = [error(0, 3, 7), error(0, 3, 7), error(0, 7, 3)];
  expect(new Set(values).size).toBe(1);
  expect(looked).toBe(2);
  error(1, 3, 7);
  expect(looked).toBe(4);
});

test('a fall of one point in a hundred that all items share is found, where their number alone says noise', () => {
  const right = (lost: number) => scoresOf(Array.from({ length: 2000 }, (_, i) => (i >= lost && i < 1600 ? 1 : 0)));
  const log: EvaluationLog = {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks: ['a', 'b'],
    steps: Float64Array.of(1, 2),
    trainingTask: Int32Array.of(0, 1),
    values: [Float64Array.of(0.8, 0.79), Float64Array.of(NaN, NaN)],
    counts: [0, 1].map(() => Float64Array.of(2000, 2000)),
  };
  expect(detectEvents(log)[0]).toMatchObject({ kind: 'noise', noise: 'binomial' });
  const [event] = detectEvents(log, {
    pairedError: pairedErrorOf((task, row) => (task === 0 ? right(20 * row) : null)),
  });
  expect(event).toMatchObject({ kind: 'forgetting', noise: 'paired' });
  // 20 lost and none won: 20/√20.
  expect(event.z).toBeCloseTo(Math.sqrt(20), 9);
});

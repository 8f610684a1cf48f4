import type { Alternative } from './alternative.ts';
import { requireCount, requireInside } from './require.ts';

/** Tests on ranks or counts, whose exact p-values cannot fall below a bound that depends on the number of values alone. */
export type RankTest = 'wilcoxon' | 'mann-whitney' | 'mcnemar' | 'friedman';

/**
 * How many values a test has. `wilcoxon`: pairs that differ. `mcnemar`: samples on which just one model is right. `mann-whitney`: the sizes
 * of the two samples. `friedman`: data sets and methods. A single number stands for two equal ones.
 */
export type TestSize = number | readonly [number, number];

/**
 * The smallest p-value that a test can give, however clear the data: that of its most extreme outcome, without ties. With n pairs
 * `wilcoxon` and `mcnemar` have 2 · 2⁻ⁿ, `mann-whitney` 2 / C(n₁+n₂, n₁), halved for one-sided alternatives; `friedman`, which has one side
 * only, (k!)^(1−N).
 *
 * These are bounds of exact tests. The approximations of `method: 'normal'` and of {@link friedman} can fall below, and are not to be
 * believed there. A probability, in (0, 1]; 1 without values.
 *
 * @throws {RangeError} unless sizes are whole numbers of at least 0
 * @example smallestPossibleP('wilcoxon', 5) // 0.0625
 */
export function smallestPossibleP(test: RankTest, n: TestSize, alternative: Alternative = 'two-sided'): number {
  const [first, second] = typeof n === 'number' ? [n, n] : n;
  requireCount(first, `the size of a ${names[test]}`);
  requireCount(second, `the size of a ${names[test]}`);
  const sides = alternative === 'two-sided' ? 2 : 1;
  if (test === 'friedman') return first === 0 ? 1 : product(second, (i) => 1 / i) ** (first - 1);
  if (test === 'mann-whitney') return Math.min(1, sides * product(first, (i) => i / (second + i)));
  return Math.min(1, sides * 0.5 ** first);
}

export interface SignificanceOptions {
  /** Significance level, .05 unless given. */
  readonly alpha?: number;
  /** How many tests are corrected for by Holm's method or Bonferroni's: the smallest p must reach α over their number. 1 unless given. */
  readonly comparisons?: number;
  readonly alternative?: Alternative;
}

/**
 * A warning for the reader if so few values can never be significant, else null: it names the smallest possible p, the level and the size
 * at which significance comes within reach.
 *
 * @throws {RangeError} unless sizes are whole numbers of at least 0, 0 < α < 1, and there is at least one comparison
 * @example significanceWarning('wilcoxon', 6) // null
 */
export function significanceWarning(test: RankTest, n: TestSize, options: SignificanceOptions = {}): string | null {
  const { alpha = 0.05, comparisons = 1, alternative = 'two-sided' } = options;
  requireInside(alpha, 'α');
  requireCount(comparisons, 'the number of comparisons', 1);
  const smallest = smallestPossibleP(test, n, alternative);
  const level = alpha / comparisons;
  if (smallest <= level) return null;
  const sided = test === 'friedman' ? '' : `${alternative === 'two-sided' ? 'two-sided' : 'one-sided'} `;
  const among = comparisons === 1 ? `${alpha}` : `${shown(level)} (${alpha} over ${comparisons} comparisons)`;
  const enough = enoughFor(test, n, level, alternative);
  return (
    `${sizeOf(test, n)} can never be significant at ${among}: the smallest possible ${sided}p of a ${names[test]} is ` +
    `${shown(smallest)}${enough === null ? '' : `; it takes ${sizeOf(test, enough)} or more`}`
  );
}

const names: Record<RankTest, string> = {
  wilcoxon: 'Wilcoxon signed-rank test',
  'mann-whitney': 'Mann–Whitney test',
  mcnemar: 'McNemar test',
  friedman: 'Friedman test',
};

/** The next size within reach: of pairs, of two equal samples, or of data sets. Null where no size is: one method. */
function enoughFor(test: RankTest, n: TestSize, level: number, alternative: Alternative): TestSize | null {
  const [least, methods] = typeof n === 'number' ? [n, n] : n;
  if (test === 'friedman' && methods < 2) return null;
  const sizeAt = (size: number): TestSize =>
    test === 'friedman' ? [size, methods] : test === 'mann-whitney' ? [size, size] : size;
  let size = test === 'mann-whitney' ? Math.min(least, methods) : least;
  while (smallestPossibleP(test, sizeAt(size), alternative) > level) size++;
  return sizeAt(size);
}

function sizeOf(test: RankTest, n: TestSize): string {
  const [first, second] = typeof n === 'number' ? [n, n] : n;
  if (test === 'mann-whitney') return `${first} values against ${second}`;
  if (test === 'friedman') return `${first} data sets with ${second} methods`;
  return test === 'mcnemar' ? `${first} samples on which the models differ` : `${first} pairs that differ`;
}

/** .0625 and .03125 as they are, and 4 digits of others. */
function shown(p: number): string {
  return String(Number(p.toPrecision(4)));
}

function product(count: number, factor: (i: number) => number): number {
  let all = 1;
  for (let i = 1; i <= count; i++) all *= factor(i);
  return all;
}

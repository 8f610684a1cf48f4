import { describe, expect, test } from 'vitest';
import { paperTables, type PaperTable, type TableOptions } from '../../../reports/index.ts';
import { scoredExperiment, threeSeeds } from './scored.ts';

type Scores = Readonly<Record<string, readonly (number | null)[]>>;

function tableOf(scores: Scores, options: TableOptions = {}): PaperTable {
  return paperTables([scoredExperiment(scores)], { metrics: ['acc', 'forgetting'], ...options })[0];
}

const column = (table: PaperTable, j = 0) =>
  Object.fromEntries(table.rows.map(({ label, cells }) => [label, cells[j]!]));

describe('beside the best of a column', () => {
  const acc = column(tableOf(threeSeeds));

  // Worked by hand in scored.ts; Holm doubles the smaller of two.
  test('the p-values are those of paired t tests, adjusted by Holm', () => {
    expect(acc.a.test!.p).toBeCloseTo(2 * (1 - (10 * Math.sqrt(3)) / Math.sqrt(302)), 10);
    expect(acc.c.test!.p).toBeCloseTo(1 - 2 / Math.sqrt(19) / Math.sqrt(2 + 4 / 19), 10);
    expect(acc.b.test).toEqual({ p: null, verdict: 'reference' });
  });

  test('a dagger stands where no difference from the best is shown', () => {
    expect([acc.a, acc.b, acc.c].map(({ place, mark }) => [place, mark])).toEqual([
      [null, null],
      ['best', null],
      ['second', 'not told from the best'],
    ]);
  });

  test('the same where lower is better', () => {
    const forgetting = column(tableOf(threeSeeds), 1);
    expect(Object.values(forgetting).map(({ place, mark }) => [place, mark])).toEqual(
      Object.values(acc).map(({ place, mark }) => [place, mark]),
    );
  });

  test('no dagger on a method that shares the first place', () => {
    const shared = column(tableOf({ ...threeSeeds, c: [0.89, 0.95, 0.9199] }, { decimals: 2 }));
    expect(shared.c).toMatchObject({ place: 'best', mark: null, test: { verdict: 'not shown' } });
  });
});

test('where every other method differs from the best, the caption says so instead of explaining a dagger', () => {
  const { caption } = tableOf({ a: threeSeeds.a, b: threeSeeds.b });
  expect(caption.at(-1)).toBe(
    'Every tested method that is not in bold differs from the best of its column (two-sided paired t test over seeds, adjusted by Holm over the methods of a column, α = 0.05).',
  );
});

describe('beside a baseline', () => {
  test('stars stand where methods are better, double daggers where they are worse', () => {
    // c − a: .09, .11, .08: mean 7/75, variance 7/30000, t = 28/√7 = 4 √7.
    const beside = column(tableOf(threeSeeds, { baseline: 'a' }));
    expect(beside.b).toMatchObject({ mark: 'better', test: { verdict: 'better' } });
    expect(beside.c.test!.p).toBeCloseTo(1 - (4 * Math.sqrt(7)) / Math.sqrt(114), 10);
    expect(beside.c.mark).toBe('better');
    expect(column(tableOf(threeSeeds, { baseline: 'b' })).a.mark).toBe('worse');
    expect(column(tableOf(threeSeeds, { baseline: 'b' })).c.mark).toBeNull();
    expect(column(tableOf(threeSeeds, { baseline: 'a' }), 1).b).toMatchObject({ mark: 'better' });
  });

  test('a baseline that nobody has is told with those there are', () => {
    expect(() => tableOf(threeSeeds, { baseline: 'd' })).toThrow('unknown method in --baseline: d (known: a, b, c)');
  });
});

describe('so few seeds that they cannot tell', () => {
  // The smallest two-sided p of Wilcoxon's test is 2 · 2⁻ⁿ: .0625 of 5, .03125 of 6, .015625 of 7. Two comparisons need .025.
  const long = {
    a: [0.8, 0.82, 0.84, 0.81, 0.83, 0.85, 0.8],
    b: [0.9, 0.91, 0.95, 0.92, 0.9, 0.96, 0.91],
    c: [0.89, 0.93, 0.92, 0.92, 0.91, 0.95, 0.9],
  };
  const first = (n: number): Scores => Object.fromEntries(Object.entries(long).map(([k, v]) => [k, v.slice(0, n)]));

  test('up to five t tests decide, and a note says what they take for granted', () => {
    expect(tableOf(first(5)).notes).toEqual([
      'With 5 seeds and 2 comparisons no rank test can show a difference (it takes 7 seeds): the marks are of t tests, which take differences to be normal.',
    ]);
  });

  test('six could show nothing: there are no marks, and the note says so', () => {
    const six = tableOf(first(6));
    expect(six.notes).toEqual([
      'With 6 seeds and 2 comparisons no rank test can show a difference (it takes 7 seeds): nothing is marked.',
    ]);
    expect(six.rows.flatMap(({ cells }) => cells.map((cell) => cell!.mark))).toEqual(Array(6).fill(null));
    expect(six.caption.join(' ')).not.toContain('†');
  });

  test('seven can, and nothing is noted', () => {
    const seven = tableOf(first(7));
    expect(seven.notes).toEqual([]);
    expect(column(seven).a).toMatchObject({ mark: null, test: { p: 0.03125, verdict: 'worse' } });
    expect(seven.caption.join(' ')).toContain('two-sided Wilcoxon signed-rank test over seeds');
  });

  test('one seed is tested nowhere', () => {
    const one = tableOf(first(1));
    expect(one.notes).toEqual(['Nothing is marked: a test of differences takes two seeds or more.']);
    expect(one.rows.every(({ cells }) => cells.every((cell) => cell!.test === null))).toBe(true);
    expect(one.caption).toContain('Single values: a spread takes two seeds.');
  });
});

test('a method that lacks a seed is not tested, and takes that seed from no other', () => {
  const table = tableOf({ ...threeSeeds, d: [0.5, null, 0.6] });
  expect(column(table).d).toMatchObject({ n: 2, runs: 2, test: null, mark: null });
  expect(column(table).a.test!.p).toBeCloseTo(2 * (1 - (10 * Math.sqrt(3)) / Math.sqrt(302)), 10);
  expect(table.notes).toContain('Not tested, since the seeds are not those of the reference: ACC of d, FORG of d.');
});

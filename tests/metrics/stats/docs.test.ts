import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { smallestPossibleP, studentTTail } from '../../../metrics/index.ts';
import * as stats from '../../../metrics/stats/index.ts';
import { intervalCoverage, intervals, populations, sizes, withCoverageTable } from '../../../tools/intervalCoverage.ts';

const page = readFileSync(join(packageRoot, 'docs/statistics.md'), 'utf8');

/** The cells of the rows of a table that start like this. */
function rowsOf(start: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`| ${start}`))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** Four standard errors of a share from so many repetitions. */
const error = (share: number, repetitions: number): number => 4 * Math.sqrt((share * (1 - share)) / repetitions);

it('docs/statistics.md names every function but those of distributions', () => {
  const names = Object.keys(stats).filter((name) => !/(Tail|Cdf|Quantile)$/.test(name));
  expect(names.filter((name) => !page.includes(name))).toEqual([]);
});

it('docs/statistics.md gives the smallest possible p-values', () => {
  const [sizesOfTable] = rowsOf('n  ').map((row) => row.slice(1).map(Number));
  for (const [start, smallest] of [
    ['Wilcoxon, McNemar', (n: number) => smallestPossibleP('wilcoxon', n)],
    ['Mann–Whitney, n', (n: number) => smallestPossibleP('mann-whitney', n)],
    ['Friedman, n', (n: number) => smallestPossibleP('friedman', [n, 3])],
  ] as const) {
    const [row] = rowsOf(start);
    expect(row.slice(1).map(Number)).toEqual(sizesOfTable.map((n) => Number(smallest(n).toPrecision(4))));
  }
});

describe('the coverage in docs/statistics.md', () => {
  const rows = (Object.keys(populations) as (keyof typeof populations)[]).flatMap((population) =>
    rowsOf(`${population} `).map(([, n, ...shares]) => ({
      population,
      n: Number(n),
      shares: shares.map((share) => Number(share) / 100),
    })),
  );

  it('is given for every population, size and interval', () => {
    expect(rows.map(({ n }) => n)).toEqual([...sizes, ...sizes]);
    expect(rows.every(({ shares }) => shares.length === intervals.length)).toBe(true);
  });

  it('of normal data is that of Student’s distribution', () => {
    for (const { n, shares } of rows.slice(0, sizes.length)) {
      const within = (t: number): number => 1 - 2 * studentTTail(t, n - 1);
      [within(1), within(1.96), 0.95].forEach((expected, i) => {
        expect(Math.abs(shares[i] - expected)).toBeLessThan(error(expected, 10_000) + 0.0005);
      });
    }
  });

  it.each(rows.filter(({ n }) => n === 5 || n === 10))(
    'can be simulated again: $population, n = $n',
    ({ population, n, shares }) => {
      const repetitions = 800;
      // Another seed than that of the table.
      const again = intervalCoverage({ population, n, repetitions, resamples: 500, seed: 7 });
      again.forEach((share, i) =>
        expect(Math.abs(share - shares[i]), intervals[i]).toBeLessThan(error(shares[i], repetitions) + 0.01),
      );
    },
  );

  it('is written between its marks, the same for the same seed', () => {
    const options = { repetitions: 3, resamples: 10, seed: 1 };
    const made = withCoverageTable(page, options);
    expect(made).not.toBe(page);
    expect(withCoverageTable(made, options)).toBe(made);
    expect(withCoverageTable(made, { ...options, seed: 2 })).not.toBe(made);
    expect(made.split('<!-- coverage -->')[0]).toBe(page.split('<!-- coverage -->')[0]);
    expect(made.split('<!-- end of coverage -->')[1]).toBe(page.split('<!-- end of coverage -->')[1]);
    expect(() => withCoverageTable('', options)).toThrow('the page lacks');
  });
});

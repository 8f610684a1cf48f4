import { createRng, type Rng } from '../base/index.ts';
import { bootstrapInterval, meanAndStandardError, meanAndStd, tInterval } from '../metrics/index.ts';

/** What samples are drawn from, and its mean. Both have standard deviation 1. */
export const populations = {
  normal: { mean: 0, draw: (rng: Rng) => rng.normal() },
  /** Skewness 2. */
  exponential: { mean: 1, draw: (rng: Rng) => -Math.log(1 - rng.uniform()) },
} as const;

export const sizes = [3, 5, 10, 30] as const;

/** The columns of the table, in order. */
export const intervals = ['± SEM', '± 1.96 SEM', 't', 'percentile', 'BCa'] as const;

export interface CoverageOptions {
  readonly population: keyof typeof populations;
  /** Values in a sample. */
  readonly n: number;
  readonly repetitions: number;
  readonly resamples: number;
  readonly seed: number;
}

/** For each of {@link intervals} the share of samples whose interval for the mean holds that of the population, all but the first at 95 %. */
export function intervalCoverage({ population, n, repetitions, resamples, seed }: CoverageOptions): number[] {
  const { mean: truth, draw } = populations[population];
  const rng = createRng(seed).fork(`${population} ${n}`);
  const hits = intervals.map(() => 0);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const sample = Array.from({ length: n }, () => draw(rng));
    boundsOf(sample, resamples, rng).forEach(([low, high], i) => {
      if (low <= truth && truth <= high) hits[i]++;
    });
  }
  return hits.map((count) => count / repetitions);
}

function boundsOf(sample: readonly number[], resamples: number, rng: Rng): [low: number, high: number][] {
  const { mean, standardError } = meanAndStandardError(sample);
  const within = (half: number): [number, number] => [mean! - half, mean! + half];
  const meanOf = (values: readonly number[]): number => meanAndStd(values).mean!;
  const bootstrap = (kind: 'percentile' | 'bca'): [number, number] => {
    const interval = bootstrapInterval(sample, meanOf, { rng, kind, resamples });
    // What is undefined holds nothing.
    return interval === null ? [NaN, NaN] : [interval.low, interval.high];
  };
  const { low, high } = tInterval(sample)!;
  return [
    within(standardError!),
    within(1.96 * standardError!),
    [low, high],
    bootstrap('percentile'),
    bootstrap('bca'),
  ];
}

const [start, end] = ['<!-- coverage -->', '<!-- end of coverage -->'];

/** The page with the table between its marks made anew. */
export function withCoverageTable(page: string, options: Omit<CoverageOptions, 'population' | 'n'>): string {
  if (!page.includes(start) || !page.includes(end)) throw new Error(`the page lacks ${start} or ${end}`);
  const rows = (Object.keys(populations) as (keyof typeof populations)[]).flatMap((population) =>
    sizes.map((n) => [population, n, ...intervalCoverage({ population, n, ...options }).map(percent)]),
  );
  const header = ['drawn from', 'n', ...intervals];
  const lines = [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map(
    (row) => `| ${row.join(' | ')} |`,
  );
  const [before, rest] = page.split(start);
  return `${before}${start}\n\n${lines.join('\n')}\n\n${end}${rest.split(end)[1]}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

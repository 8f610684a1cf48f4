import { compare, type Series } from '../../analysis/index.ts';
import { significanceWarning, type RunMetric } from '../../metrics/index.ts';
import type { CellTest } from './types.ts';

/** Paired tests of a column's methods against one of them. */
export interface ColumnTest {
  readonly reference: string;
  readonly by: 't' | 'wilcoxon';
  readonly seeds: number;
  /** By label; of the methods that have a value for every seed of the reference. */
  readonly results: ReadonlyMap<string, CellTest>;
  /** Methods that lack a seed of the reference, and are not tested. */
  readonly untested: readonly string[];
  /** Why so few seeds cannot tell methods apart, or not by ranks; null where they can. */
  readonly few: string | null;
  /** Whether a difference could have been shown at all. */
  readonly telling: boolean;
}

const alpha = 0.05;

/**
 * Tests the methods of a column by {@link compare}, paired by seed. A method that lacks a seed is left aside, so that it does not take that
 * seed from the others. Null where there is nothing to test: no value of the reference, or no other method.
 *
 * @param values by method, in the order of its runs
 */
export function testColumn(
  series: readonly Series[],
  values: ReadonlyMap<string, readonly (number | null)[]>,
  metric: RunMetric,
  reference: string,
): ColumnTest | null {
  const seedsOf = ({ label, runs }: Series): number[] =>
    runs.flatMap(({ record }, i) => ((values.get(label)?.[i] ?? null) === null ? [] : [record.seed]));
  const needed = series.filter(({ label }) => label === reference).flatMap(seedsOf);
  const hasAll = (one: Series): boolean => needed.every((seed) => seedsOf(one).includes(seed));
  const tested = series.filter(hasAll);
  const untested = series.filter((one) => !hasAll(one) && seedsOf(one).length > 0).map(({ label }) => label);
  const seeds = needed.length;
  if (seeds === 0 || tested.length + untested.length < 2) return null;
  const about = { reference, seeds, untested };
  if (seeds === 1 || tested.length < 2) {
    const few = seeds === 1 ? 'one seed: differences are not tested' : null;
    return { ...about, by: 't', results: new Map(), few, telling: false };
  }
  // Under the label of its series, since one label may stand for several settings.
  const runs = tested.flatMap(({ label, runs: own }) =>
    own
      .filter(({ record }) => needed.includes(record.seed))
      .map((run) => ({ ...run, record: { ...run.record, method: { ...run.record.method, label } } })),
  );
  const experiment = { path: '', name: '', configuration: {}, runs, problems: [] };
  const found = compare([experiment], { baseline: reference, metric: metric.name, by: 'seed', alpha });
  const few = significanceWarning('wilcoxon', seeds, { alpha, comparisons: tested.length - 1 });
  const results = found.methods.map(({ method, verdict, tTest, wilcoxon }): [string, CellTest] => [
    method,
    {
      p: (found.verdictBy === 't' ? tTest : wilcoxon)?.holm ?? null,
      verdict: verdict === 'baseline' ? 'reference' : verdict,
    },
  ]);
  const telling = found.verdictBy === 't' || few === null;
  return { ...about, by: found.verdictBy, results: new Map(results), few, telling };
}

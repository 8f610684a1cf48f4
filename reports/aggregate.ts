import { op, table } from 'arquero';

/** One metric of one run. */
export interface Observation {
  readonly series: string;
  readonly metric: string;
  /** Null where the metric is undefined for the run. */
  readonly value: number | null;
}

/** One metric over the seeds of one series. */
export interface Aggregate {
  readonly series: string;
  readonly metric: string;
  /** Mean of the defined values; null if there is none. */
  readonly mean: number | null;
  /** Sample standard deviation (n - 1 in the denominator); null for fewer than two values. */
  readonly std: number | null;
  /** How many of the values are defined. */
  readonly n: number;
}

/** Mean and spread of every metric for every series, over the runs where it is defined. */
export function aggregate(observations: readonly Observation[]): Aggregate[] {
  const summary = table({
    series: observations.map((o) => o.series),
    metric: observations.map((o) => o.metric),
    value: observations.map((o) => o.value),
  })
    .groupby('series', 'metric')
    .rollup({ mean: op.mean('value'), std: op.stdev('value'), n: op.valid('value') });
  return (summary.objects() as Aggregate[]).map((row) => ({ ...row, mean: row.mean ?? null, std: row.std ?? null }));
}

import type { Series } from '../../analysis/index.ts';
import { studentTQuantile, type RunMetric } from '../../metrics/index.ts';
import { aggregate } from '../aggregate.ts';
import { flattering } from '../metricTable.ts';
import { testColumn, type ColumnTest } from './columnTest.ts';
import { numberText } from './numbers.ts';
import { places } from './places.ts';
import type { CellTest, TableCell, TableStyle } from './types.ts';

/** One metric of a group's methods. */
export interface Column {
  /** By the label of a series. */
  readonly cells: ReadonlyMap<string, TableCell>;
  readonly test: ColumnTest | null;
}

/** One metric of every series over its seeds, with places, and what tests say of the differences. */
export function columnOf(series: readonly Series[], metric: RunMetric, style: TableStyle): Column {
  const values = new Map(series.map(({ label, runs }) => [label, runs.map((run) => metric.compute(run))] as const));
  const observations = [...values].flatMap(([label, own]) =>
    own.map((value) => ({ series: label, metric: metric.name, value })),
  );
  const aggregates = aggregate(observations);
  const shown = aggregates.map(({ mean }) => (mean === null ? null : numberText(mean, metric.unit, style)));
  // On these the worst method can look best.
  const ranked = flattering.has(metric.name) ? shown.map(() => null) : places(shown, metric.direction);
  const reference = flattering.has(metric.name) ? null : (style.baseline ?? bestOf(aggregates, ranked, metric));
  const test = reference === null ? null : testColumn(series, values, metric, reference);
  const cells = aggregates.map(({ series: label, mean, std, n }, i): [string, TableCell] => {
    const place = ranked[i];
    const own = test?.results.get(label) ?? null;
    const halfWidth = std === null ? null : (studentTQuantile(0.975, n - 1) * std) / Math.sqrt(n);
    const mark = own && test?.telling ? markOf(own, place, style.baseline !== null) : null;
    return [label, { mean, std, halfWidth, n, runs: values.get(label)!.length, place, test: own, mark }];
  });
  return { cells: new Map(cells), test };
}

/** The label of the best mean, not rounded; null where no place is given. */
function bestOf(
  means: readonly { readonly series: string; readonly mean: number | null }[],
  ranked: readonly TableCell['place'][],
  { direction }: RunMetric,
): string | null {
  const sign = direction === 'higher' ? 1 : -1;
  const best = means.filter((_, i) => ranked[i] === 'best').toSorted((a, b) => sign * (b.mean! - a.mean!));
  return best.length === 0 ? null : best[0].series;
}

function markOf({ verdict }: CellTest, place: TableCell['place'], beside: boolean): TableCell['mark'] {
  if (beside) return verdict === 'better' || verdict === 'worse' ? verdict : null;
  return verdict === 'not shown' && place !== 'best' ? 'not told from the best' : null;
}

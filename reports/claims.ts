import { meanRecoveryTime } from '../metrics/index.ts';
import type { GroupReport } from './data.ts';
import { counted, formatValue, listed } from './format.ts';
import type { ColumnTest } from './significance.ts';

/** What a summary has to say of, if the report has it. */
const headlines = ['acc', 'min-acc', 'forgetting', 'gap-depth'];

/** Who wins on what, with the test that allows the claim, one sentence a metric. */
export function claims({ table }: GroupReport, tests: readonly (ColumnTest | null)[]): string[] {
  if (table.rows.length > 1 && tests.every((test) => test === null))
    return ['Nothing here is tested: that takes two seeds at least for which every method has a value.'];
  return headlines.flatMap((name) => {
    const column = table.metrics.findIndex((metric) => metric.name === name);
    const test = tests[column];
    return test ? [claim(test, table.rows)] : [];
  });
}

function claim({ metric, best, differ, open, comparison }: ColumnTest, rows: GroupReport['table']['rows']): string {
  const column = comparison.methods.find(({ method }) => method === best)!;
  const value = formatValue(column.mean, metric.unit);
  const against = comparison.methods.filter(({ method }) => differ.includes(method));
  const ps = against.map(({ tTest, wilcoxon }) => (comparison.verdictBy === 't' ? tTest : wilcoxon)!.holm);
  const by = comparison.verdictBy === 't' ? 'paired t test' : 'Wilcoxon’s signed-rank test';
  const how = `${by} over ${counted(comparison.pairs.length, 'seed')}, Holm`;
  const all = differ.length === rows.length - 1;
  const shown =
    differ.length === 0
      ? `${comparison.pairs.length} seeds do not show that it is better than any other (${how}).`
      : `better than ${all && differ.length > 1 ? 'all others' : listed(differ)} (${how}, p ${atMost(ps)})${open.length > 0 ? `; not shown for ${listed(open)}` : ''}.`;
  return `${metric.title}: ${best} is best with ${value}; ${shown}`;
}

/** `≤ 0.021`, rounded up; `= 0.021` for a single one. */
function atMost(ps: readonly number[]): string {
  const most = Math.max(...ps);
  const up = Math.ceil(most * 1000) / 1000;
  return up <= 0.001 ? '< 0.001' : `≤ ${up.toFixed(3)}`;
}

/** How many gaps of every method closed, most first; null where nothing fell. */
export function closedClaims({ series, gaps }: GroupReport): string | null {
  const counts = series.flatMap((one) => {
    const own = gaps.filter((seen) => seen.series === one);
    const { recovered, censored } = meanRecoveryTime(own.map(({ gap }) => gap));
    const all = recovered + censored;
    return all === 0 ? [] : [{ label: one.label, recovered, all }];
  });
  if (counts.length === 0) return null;
  const sorted = counts.toSorted((a, b) => b.recovered / b.all - a.recovered / a.all);
  const clauses = sorted.map(({ label, recovered, all }) => `${recovered} of ${all} for ${label}`);
  return `Gaps that closed before the next switch: ${listed(clauses)}.`;
}

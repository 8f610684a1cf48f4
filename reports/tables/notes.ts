import { runMetrics } from '../../metrics/index.ts';
import { flattering } from '../metricTable.ts';
import { counted, listed } from '../format.ts';
import type { Column } from './column.ts';
import type { ColumnTest } from './columnTest.ts';
import type { TableColumn, TableSource } from './types.ts';

/** What keeps the numbers of a table from meaning what they seem to, and what is in none of them. */
export function tableNotes(
  columns: readonly Column[],
  heads: readonly TableColumn[],
  sources: readonly TableSource[],
): string[] {
  return [...fewSeeds(columns), ...unplaced(heads), ...partial(columns, heads, sources), ...untested(columns, heads), ...leftOut(sources)]; // prettier-ignore
}

function fewSeeds(columns: readonly Column[]): string[] {
  const texts = columns.flatMap(({ test }) =>
    test === null || test.needed === null ? [] : [fewWords(test, test.needed)],
  );
  return [...new Set(texts)];
}

function fewWords({ seeds, comparisons, telling }: ColumnTest, needed: number): string {
  if (seeds === 1) return 'Nothing is marked: a test of differences takes two seeds or more.';
  const size = `With ${seeds} seeds and ${counted(comparisons, 'comparison')} no rank test can show a difference (it takes ${needed} seeds)`;
  return telling
    ? `${size}: the marks are of t tests, which take differences to be normal.`
    : `${size}: nothing is marked.`;
}

function unplaced(heads: readonly TableColumn[]): string[] {
  const names = [...new Set(heads.filter(({ metric }) => flattering.has(metric)).map(titleOf))];
  return names.length === 0
    ? []
    : [`Without places and marks: ${listed(names)}, on which a method that forgets all can look best.`];
}

/** A column is headed by its metric, or by its experiment. */
export const titleOf = ({ metric }: TableColumn): string =>
  runMetrics.find(({ name }) => name === metric)?.title ?? metric;

function partial(columns: readonly Column[], heads: readonly TableColumn[], sources: readonly TableSource[]): string[] {
  const cells = columns.flatMap((column, i) =>
    [...column.cells].flatMap(([label, { n, runs }]) => {
      // Of a single source, how many runs a method has stands in a column of its own where methods are unlike.
      const all = sources.length > 1 ? sources[heads[i].source].seeds.length : runs;
      return n > 0 && n < all ? [`${heads[i].head} of ${label} (${n} of ${all})`] : [];
    }),
  );
  return cells.length === 0 ? [] : [`Over fewer seeds, those that have a value: ${cells.join(', ')}.`];
}

function untested(columns: readonly Column[], heads: readonly TableColumn[]): string[] {
  const cells = columns.flatMap(({ test }, i) => (test?.untested ?? []).map((label) => `${heads[i].head} of ${label}`));
  return cells.length === 0 ? [] : [`Not tested, since the seeds are not those of the reference: ${cells.join(', ')}.`];
}

function leftOut(sources: readonly TableSource[]): string[] {
  const several = sources.length > 1;
  return sources.flatMap(({ name, leftOut: runs, problems }) => {
    const where = several ? ` of ${name}` : '';
    const named = runs.map(({ run, status }) => `${run} (${status})`);
    return [
      ...(named.length > 0 ? [`Left out${where}: ${named.join(', ')}.`] : []),
      ...(problems.length > 0 ? [`Unreadable and left out${where}: ${problems.length} run ${problems.length === 1 ? 'folder' : 'folders'}.`] : []), // prettier-ignore
    ];
  });
}

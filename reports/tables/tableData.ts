import { UserError, unknownName } from '../../base/index.ts';
import { differingSettings } from '../../analysis/index.ts';
import type { Experiment } from '../../logs/index.ts';
import { runMetrics, type RunMetric } from '../../metrics/index.ts';
import { tellingMetrics } from '../telling.ts';
import { legend } from './caption.ts';
import { columnOf, type Column } from './column.ts';
import { tableNotes } from './notes.ts';
import { differences, protocolWords, trainingWords } from './protocolWords.ts';
import { sourcesOf, type Sourced } from './sources.ts';
import type { PaperTable, TableColumn, TableOptions, TableStyle } from './types.ts';

/**
 * A table of each protocol of each experiment: methods as rows, metrics as columns. Runs that are not complete are in no number, and named
 * in the notes. A protocol without a complete run gives a table without rows.
 *
 * @throws {UserError} for an unknown metric, a baseline that is in none of the experiments, and where no run is complete
 * @example paperTables([readExperiment('runs/demo')], { metrics: ['acc', 'min-acc'] }).map(latexTable)
 */
export function paperTables(experiments: readonly Experiment[], options: TableOptions = {}): PaperTable[] {
  const sourced = sourcesOf(experiments);
  const style = styleOf(options, sourced);
  const metrics = options.metrics?.map(findMetric) ?? tellingMetrics;
  return sourced.map((one) => {
    const all = metrics.map((metric) => ({ metric, column: columnOf(one.group.series, metric, style) }));
    // What only some runs measure is left out where none does, unless it was asked for.
    const kept = all.filter(
      ({ metric, column }) =>
        options.metrics !== undefined || !metric.onRequest || [...column.cells.values()].some(({ n }) => n > 0),
    );
    const heads = kept.map(({ metric }) => ({ ...headOf(metric), source: 0 }));
    const differing = differences(one.siblings);
    const about = [
      `${one.source.name}: ${protocolWords(one.group)}.`,
      ...(differing === null ? [] : [`The experiment has ${one.siblings.length} protocols, which differ in ${differing}.`]), // prettier-ignore
      ...sentence(trainingWords(one.group)),
    ];
    return assemble(one.source.name, [one], heads, kept.map(({ column }) => column), about, style); // prettier-ignore
  });
}

/**
 * One table of one metric: methods as rows, experiments as columns, each of their protocols a column of its own.
 *
 * @throws {UserError} as {@link paperTables}
 */
export function crossTable(
  experiments: readonly Experiment[],
  metricName: string,
  options: Omit<TableOptions, 'metrics'> = {},
): PaperTable {
  const metric = findMetric(metricName);
  const all = sourcesOf(experiments);
  const style = styleOf(options, all);
  const columns = all.map((one) => columnOf(one.group.series, metric, style));
  const heads = all.map(({ source }, i) => ({ ...headOf(metric), head: source.name, source: i }));
  const trainings = all.map(({ group }) => trainingWords(group));
  const shared = new Set(trainings).size === 1;
  const about = [
    `${metric.title} (${metric.direction} is better): ${metric.definition}`,
    ...all.map(({ source, group }, i) => {
      const training = shared || trainings[i] === null ? '' : `; ${lowerFirst(trainings[i])}`;
      return `${source.name}: ${protocolWords(group)}${training}.`;
    }),
    ...(shared ? sentence(trainings[0]) : []),
  ];
  const table = assemble(metric.title, all, heads, columns, about, style);
  return { ...table, notes: [...unlikeRows(all), ...table.notes] };
}

function assemble(
  name: string,
  sourced: readonly Sourced[],
  heads: readonly TableColumn[],
  columns: readonly Column[],
  about: readonly string[],
  style: TableStyle,
): PaperTable {
  const labels = [...new Set(sourced.flatMap(({ group }) => group.series.map(({ label }) => label)))];
  const sources = sourced.map(({ source }) => source);
  const rows = labels.map((label) => ({ label, cells: columns.map(({ cells }) => cells.get(label) ?? null) }));
  const gaps = rows.some(({ cells }) => cells.some((cell) => cell === null || cell.mean === null));
  const meaning = labels.length === 0 ? ['No run is complete.'] : legend(columns, heads, style);
  return {
    name,
    style,
    sources,
    columns: heads,
    rows,
    caption: [...about, ...meaning, ...(gaps ? ['–: no value.'] : [])],
    notes: [...baselineMissing(sourced, style), ...tableNotes(columns, heads, sources)],
  };
}

const headOf = ({ title, name, unit, direction }: RunMetric) => ({ head: title, metric: name, unit, direction });

function findMetric(name: string): RunMetric {
  const found = runMetrics.find((metric) => metric.name === name);
  if (!found)
    throw unknownName('metric', name, runMetrics.map((metric) => metric.name)); // prettier-ignore
  return found;
}

const labelsOf = ({ group }: Sourced): string[] => group.series.map(({ label }) => label);

function styleOf({ decimals, percent = false, spread = 'std', baseline }: TableOptions, all: readonly Sourced[]) {
  const labels = new Set(all.flatMap(labelsOf));
  if (labels.size === 0) {
    const runs = all.flatMap(({ source }) => source.leftOut.map(({ run, status }) => `${run} ${status}`));
    throw new UserError(`no run is complete, so there is nothing to tabulate: ${runs.join(', ')}; run the experiment to its end`); // prettier-ignore
  }
  if (baseline !== undefined && !labels.has(baseline)) throw unknownName('method in --baseline', baseline, labels);
  return { decimals: decimals ?? (percent ? 1 : 3), percent, spread, baseline: baseline ?? null };
}

function baselineMissing(sourced: readonly Sourced[], { baseline }: TableStyle): string[] {
  if (baseline === null) return [];
  const without = sourced.filter((one) => labelsOf(one).length > 0 && !labelsOf(one).includes(baseline));
  return without.map(({ source }) => `No marks in ${source.name}: ${baseline} has no complete run there.`);
}

/** Methods that have one label in all columns, but not the same options. */
function unlikeRows(all: readonly Sourced[]): string[] {
  const labels = [...new Set(all.flatMap(labelsOf))];
  return labels.flatMap((label) => {
    const own = all.flatMap(({ source, group }) => {
      const found = group.series.find((series) => series.label === label);
      return found ? [{ name: source.name, options: found.runs[0].record.method.options }] : [];
    });
    const differing = [...differingSettings(own.map(({ options }) => options))];
    if (differing.length === 0) return [];
    const texts = differing.map(
      ([name, values]) => `${name} (${own.map((each, i) => `${each.name}: ${values[i] ?? 'unset'}`).join(', ')})`,
    );
    return [`${label} is not set up alike in all columns: ${texts.join(', ')}.`];
  });
}

const sentence = (text: string | null): string[] => (text === null ? [] : [`${text}.`]);
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

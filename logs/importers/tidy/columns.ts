import { UserError } from '../../../base/index.ts';
import { textIn } from '../tables/cells.ts';
import { namedColumn, plain, usualColumns } from '../tables/columns.ts';
import type { ImportOptions } from '../importer.ts';
import { listed, shown } from '../tables/problems.ts';

/** Names of the columns of a tidy table by what they hold. */
export interface TidyRoles {
  readonly step: string;
  readonly task: string;
  readonly value: string;
  readonly stderr?: string;
  readonly count?: string;
  readonly training?: string;
  readonly metric?: string;
}

const needed = ['step', 'task', 'value'] as const;

/** Names of columns of values that say nothing of what these are; `--metric` may. */
const generic = new Set(['value', 'score', 'result', 'metric_value', 'performance', 'mean']);

/** Whether a step, a task and a value are among the columns, by usual names or by those that the user gave. */
export function hasRoles(columns: readonly string[], options: ImportOptions): boolean {
  return needed.every((role) => options.columns?.[role] !== undefined || usualColumns(columns, role).length > 0);
}

/**
 * Which column holds what: as the user says, else by usual names, each column for one role.
 * @throws {UserError} where step, task or value are not found, for a column that the user named and the file does not have, and for one named twice
 */
export function rolesOf(path: string, columns: readonly string[], options: ImportOptions): TidyRoles {
  const taken = new Set<string>();
  const take = (name: string | undefined): string | undefined => {
    if (name !== undefined) taken.add(name);
    return name;
  };
  const named = Object.fromEntries(
    ([...needed, 'stderr', 'count', 'training'] as const).map((role) => {
      const name = namedColumn(path, columns, role, options);
      if (name !== undefined && taken.has(name))
        throw new UserError(`--columns names ${name} twice; name each column once`);
      return [role, take(name)];
    }),
  );
  const usual = (role: Parameters<typeof usualColumns>[1]): string | undefined =>
    named[role] ?? take(usualColumns(columns, role).find((name) => !taken.has(name)));
  const step = usual('step');
  const task = usual('task');
  const metric = usual('metric');
  const ofMetric =
    metric === undefined && options.metric !== undefined
      ? columns.find((name) => plain(name) === plain(options.metric!) && !taken.has(name))
      : undefined;
  const value = named.value ?? take(ofMetric) ?? usual('value');
  if (step === undefined || task === undefined || value === undefined) {
    const lacking = needed.filter((_, i) => [step, task, value][i] === undefined);
    throw new UserError(
      `${path}: no column is known to hold the ${lacking.join(' or the ')} (columns: ${listed(columns)}); name them with --columns ${lacking.map((role) => `${role}=<column>`).join(',')}`,
    );
  }
  const errors = new Set(
    ['stderr', 'std_err', 'standard_error', 'se', 'sem'].map((ending) => `${plain(value)}_${ending}`),
  );
  const stderr = usual('stderr') ?? take(columns.find((name) => errors.has(plain(name)) && !taken.has(name)));
  return { step, task, value, stderr, count: usual('count'), training: usual('training'), metric };
}

/**
 * What the values of a column are: the metric that the user names where the column's name does not tell.
 * @throws {UserError} for a metric that the column is not of
 */
export function measureOf(
  path: string,
  columns: readonly string[],
  value: string,
  { metric }: Pick<ImportOptions, 'metric'>,
): string {
  if (metric === undefined || plain(metric) === plain(value)) return value;
  if (generic.has(plain(value))) return metric;
  throw new UserError(
    `${path} has no metric ${metric}: values are in column "${shown(value)}" (columns: ${listed(columns)}); leave out --metric, or name the column with --columns value=<column>`,
  );
}

/** Which rows count where a column names the metric of each. */
export interface MetricChoice {
  /** Whether a row of this metric counts. */
  takes(cell: unknown): boolean;
  /** The metric of all rows that count. @throws {UserError} if there are several and none was named, or not the one that was */
  chosen(): string;
}

/** @param wanted the metric that the user named */
export function createMetricChoice(path: string, wanted: string | undefined): MetricChoice {
  const seen = new Set<string>();
  let metric = wanted;
  return {
    takes(cell) {
      const name = textIn(cell);
      seen.add(name);
      metric ??= name;
      return name === metric;
    },
    chosen() {
      const known = listed([...seen]);
      if (wanted === undefined && seen.size > 1)
        throw new UserError(`${path} has several metrics; name one with --metric (known: ${known})`);
      if (wanted !== undefined && !seen.has(wanted))
        throw new UserError(`${path} has no metric ${wanted} (known: ${known})`);
      return metric ?? 'value';
    },
  };
}

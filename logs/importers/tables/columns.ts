import { UserError } from '../../../base/index.ts';
import type { ColumnRole, ImportOptions } from '../importer.ts';
import { listed } from './problems.ts';

/** The words of some lines. */
export function words(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** Usual names of columns by what they hold, the more telling ones first; in lower case, words parted by `_`. */
const usual: Readonly<
  Record<'step' | 'task' | 'value' | 'stderr' | 'count' | 'training' | 'metric', readonly string[]>
> = {
  step: words(
    'step steps global_step train_step training_step iteration iterations iter update updates num_updates',
    'round checkpoint ckpt epoch generation timestep time_step order stage phase revision tokens',
  ),
  task: words(
    'task task_name benchmark benchmark_name dataset dataset_name evaluated_task eval_task test_task eval',
    'eval_name eval_set eval_dataset evaluation domain subject language',
  ),
  value: words(
    'value score accuracy acc result metric_value performance mean exact_match em f1 top1 pass@1 pass_rate',
    'success_rate win_rate winrate reward return loss perplexity ppl nll error error_rate',
  ),
  stderr: ['stderr', 'std_err', 'standard_error', 'se', 'sem'],
  count: words(
    'count n n_samples num_samples samples n_items num_items items n_examples num_examples examples total size',
  ),
  training: ['training_task', 'training', 'trained', 'trained_task', 'train_task', 'current_task', 'trained_on'],
  metric: ['metric', 'metric_name', 'measure'],
};

/** A name as the lists above write it. */
export function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^_+/, '')
    .replace(/[\s./-]+/g, '_');
}

/** The columns with a usual name of a role, the most telling one first. */
export function usualColumns(columns: readonly string[], role: keyof typeof usual): string[] {
  const names = columns.map(plain);
  return usual[role].flatMap((name) => columns.filter((_, i) => names[i] === name));
}

/**
 * The column that the user named for a role; undefined if none was named.
 * @throws {UserError} for one that the file does not have
 */
export function namedColumn(
  path: string,
  columns: readonly string[],
  role: ColumnRole,
  options: ImportOptions,
): string | undefined {
  const name = options.columns?.[role];
  if (name === undefined || columns.includes(name)) return name;
  throw new UserError(`${path} has no column ${name} for --columns ${role}=… (columns: ${listed(columns)})`);
}

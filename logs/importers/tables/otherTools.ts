import { plain, words } from './columns.ts';

/** First columns of tables that are no logs with a column a task however much they look like it: of other tools, and of this one. */
const beginnings: readonly (readonly string[])[] = [
  ['wall_time', 'step', 'value'], // TensorBoard
  ['dataset', 'version', 'metric', 'mode'], // OpenCompass
  ['eval_exp'], // Avalanche
  ['training_exp'],
  ['block_num', 'exp_num'], // l2logger
  ['step', 'training_task', 'rows', 'accuracy', 'loss'], // our prequential.csv
  ['step', 'training_task', 'loss'], // our steps.csv
];

/** Whether a header is that of a tool which has an importer of its own: so that tables of any kind are not mistaken, whatever the order in which formats are asked. */
export function isOfOtherTool(columns: readonly string[]): boolean {
  const names = columns.map(plain);
  if (beginnings.some((beginning) => beginning.every((name, i) => names[i] === name))) return true;
  // Weights & Biases, charts: "<run> - <metric>" and its extremes; histories: _step, _runtime, _timestamp.
  const charts = columns.slice(1).filter((name) => name.includes(' - ') || /__(MIN|MAX)$/.test(name));
  return (
    (columns.length > 1 && charts.length === columns.length - 1) ||
    ['_runtime', '_timestamp'].some((name) => columns.includes(name))
  );
}

/** Keys of one item of an evaluation: such rows are answers, not values of tasks. */
const itemKeys = new Set(
  words(
    'item item_id doc_id doc doc_hash question_id problem_id prompt_id example_id sample_id prompt question',
    'response completion answer',
  ),
);

/** Whether rows are of single items rather than of tasks. */
export function isOfItems(columns: readonly string[]): boolean {
  return columns.some((name) => itemKeys.has(plain(name)));
}

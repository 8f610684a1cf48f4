import type { ImporterCase } from './case.ts';

/** Steps 0, 100, … as TensorBoard's scalars plugin writes them. */
const scalars = (values: readonly string[]): string =>
  ['Wall time,Step,Value', ...values.map((value, i) => `${1654943296.2150984 + 18 * i},${100 * i},${value}`), ''].join(
    '\n',
  );

export const tensorboardCases: readonly ImporterCase[] = [
  {
    format: 'tensorboard',
    title: 'one file',
    files: { 'run-.-tag-eval_accuracy.csv': scalars(['0.5125', '0.6', '0.55']) },
    open: 'run-.-tag-eval_accuracy.csv',
    number: '0.5125',
    delimiter: ',',
    values: { 'eval@0': 0.5125, 'eval@100': 0.6, 'eval@200': 0.55 },
  },
  {
    format: 'tensorboard',
    title: 'a folder of two tasks',
    files: {
      'run-seed1-tag-eval_arc_acc.csv': scalars(['0.5125', '0.6', '0.55']),
      'run-seed1-tag-eval_piqa_acc.csv': scalars(['0.7', '0.65']),
      'run-seed1-tag-train_loss.csv': scalars(['2.5', '1.5']),
    },
    open: '',
    number: '0.5125',
    delimiter: ',',
    values: { 'arc@0': 0.5125, 'arc@100': 0.6, 'arc@200': 0.55, 'piqa@0': 0.7, 'piqa@100': 0.65 },
  },
];

import type { ImporterCase } from './case.ts';

const rows = [
  { iteration: 0, benchmark: 'gsm8k', accuracy: 0.5, se: 0.02 },
  { iteration: 0, benchmark: 'mmlu', accuracy: 0.25, se: 0.01 },
  { iteration: 100, benchmark: 'gsm8k', accuracy: 0.8125, se: 0.03 },
  { iteration: 100, benchmark: 'mmlu', accuracy: 0.375, se: 0.01 },
];
const values = { 'gsm8k@0': 0.5, 'mmlu@0': 0.25, 'gsm8k@100': 0.8125, 'mmlu@100': 0.375 };

const table = (delimiter: string): string =>
  [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))]
    .map((cells) => `${cells.join(delimiter)}\n`)
    .join('');

export const tidyCases: readonly ImporterCase[] = [
  {
    format: 'tidy',
    title: 'CSV',
    files: { 'log.csv': table(',') },
    open: 'log.csv',
    number: '0.8125',
    delimiter: ',',
    values,
  },
  {
    format: 'tidy',
    title: 'TSV, in percent',
    files: {
      'log.tsv':
        'step\ttask\tvalue\ttraining\n0\tfirst\t50.5\tfirst\n0\tsecond\t12.5\tfirst\n5\tfirst\t81.25\tsecond\n5\tsecond\t75.0\tsecond\n',
    },
    open: 'log.tsv',
    number: '81.25',
    delimiter: '\t',
    values: { 'first@0': 0.505, 'second@0': 0.125, 'first@5': 0.8125, 'second@5': 0.75 },
  },
  {
    format: 'tidy',
    title: 'JSON Lines',
    files: { 'log.jsonl': rows.map((row) => `${JSON.stringify({ ...row, note: { by: 'x' } })}\n`).join('') },
    open: 'log.jsonl',
    number: '0.8125',
    values,
  },
  {
    format: 'tidy',
    title: 'a JSON array',
    files: { 'log.json': `${JSON.stringify(rows, null, 1)}\n` },
    open: 'log.json',
    number: '0.8125',
    values,
  },
  {
    format: 'tidy',
    title: 'columns of other names, one metric of two',
    files: { 'log.csv': 'k;who;pct;metric\n1;a;0.5;acc\n1;a;2.75;loss\n2;a;0.8125;acc\n2;a;2.5;loss\n' },
    open: 'log.csv',
    number: '0.8125',
    delimiter: ';',
    options: { columns: { step: 'k', task: 'who', value: 'pct' }, metric: 'acc' },
    values: { 'a@1': 0.5, 'a@2': 0.8125 },
  },
];

import type { ImporterCase } from './case.ts';

const values = { 'gsm8k@0': 0.5, 'mmlu@0': 0.25, 'gsm8k@50': 0.8125, 'mmlu@100': 0.375 };

export const wideCases: readonly ImporterCase[] = [
  {
    format: 'wide',
    title: 'CSV',
    files: { 'log.csv': 'model,step,gsm8k,mmlu\nbase,0,0.5,0.25\nM1,50,0.8125,\nM2,100,0.7,0.375\n' },
    open: 'log.csv',
    number: '0.8125',
    delimiter: ',',
    values,
  },
  {
    format: 'wide',
    title: 'TSV in percent, with standard errors and the task in training',
    files: {
      'log.tsv':
        'round\ttrained\tfirst\tfirst_stderr\tsecond\n1\tfirst\t50.5\t1.5\t12.5\n2\tsecond\t81.25\t1\t75.0\n3\tsecond\t81.0\t1\t76.0\n',
    },
    open: 'log.tsv',
    number: '81.25',
    delimiter: '\t',
    values: { 'first@1/first': 0.505, 'second@2/second': 0.75, 'first@2/second': 0.8125 },
  },
  {
    format: 'wide',
    title: 'JSON Lines, keys that come and go',
    files: {
      'log.jsonl':
        '{"step": 0, "gsm8k": 0.5, "mmlu": 0.25}\n{"step": 50, "gsm8k": 0.8125, "note": "x"}\n{"step": 100, "mmlu": 0.375, "late": 0.125}\n',
    },
    open: 'log.jsonl',
    number: '0.8125',
    values: { ...values, 'late@100': 0.125 },
  },
];

import type { ImporterCase } from './case.ts';

const text = [
  'prefix: reproduce',
  'dataset: cifar100',
  'seed: 1993',
  'model_name: icarl',
  'init_cls: 10',
  'increment: 10',
  'All params: 464154',
  "CNN: {'total': 88.4, '00-09': 88.4, 'old': 0, 'new': 88.4}",
  'CNN top1 curve: [88.4]',
  "CNN: {'total': 77.05, '00-09': 71.3, '10-19': 82.8, 'old': 71.3, 'new': 82.8}",
  'CNN top1 curve: [88.4, 77.05]',
  "CNN: {'total': np.float64(72.53), '00-09': np.float64(68.9), '10-19': np.float64(62.7), '20-29': 86.0, 'old': 65.8, 'new': 86.0}",
  'CNN top1 curve: [88.4, 77.05, 72.53]',
]
  .map((message, i) => `2024-05-06 14:41:${String(10 + i)},433 [trainer.py] => ${message}\n`)
  .join('');

export const pycilCases: readonly ImporterCase[] = [
  {
    format: 'pycil',
    files: { 'reproduce_1993_resnet32.log': text },
    open: 'reproduce_1993_resnet32.log',
    number: '62.7',
    values: { '00-09@00-09': 0.884, '00-09@10-19': 0.713, '10-19@20-29': 0.627, '20-29@20-29': 0.86 },
  },
];

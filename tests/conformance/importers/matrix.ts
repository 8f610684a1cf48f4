import type { ImporterCase } from './case.ts';

export const matrixCases: readonly ImporterCase[] = [
  {
    format: 'matrix',
    title: 'shares, with the untrained model',
    files: { 'm.csv': 'trained,a,b,c\ninitial,0.1,0.2,0.3\na,0.9,,0.2\nb,0.8125,0.7,0.1\nc,0.5,0.6,0.95\n' },
    open: 'm.csv',
    number: '0.8125',
    delimiter: ',',
    values: { 'a@initial': 0.1, 'matrix/a@a': 0.9, 'matrix/a@b': 0.8125, 'matrix/c@c': 0.95 },
  },
  {
    format: 'matrix',
    title: 'percent, fewer rows than tasks',
    files: { 'm.tsv': 'trained\ta\tb\tc\na\t95.5\t12.5\t20\nb\t81.25\t90\t15\n' },
    open: 'm.tsv',
    number: '81.25',
    delimiter: '\t',
    values: { 'matrix/a@a': 0.955, 'matrix/a@b': 0.8125, 'matrix/c@b': 0.15 },
  },
];

import type { ImporterCase } from './case.ts';

const table = `round,problem,benchmark,sample,correct,reward,answer
0,p1,math,0,1,0.9,12
0,p1,math,1,0,0.1,13
0,p2,math,0,0,0.2,7
0,p2,math,1,0,0.3,8
0,q,code,0,1,0.5,"a, b"
0,q,code,1,1,0.5,c
1,p1,math,0,1,0.9,12
1,p1,math,1,true,0.8,12
1,p2,math,0,0,0.2,7
1,p2,math,1,1.0,0.7,5
1,q,code,0,0,0.4,d
1,q,code,1,0,0.4,d
`;

const plain = `iteration\tquery\tis_correct
0\ta\t1
0\ta\t0
0\tb\t1
0\tb\t1
1\ta\t0
1\ta\t0
1\tb\t1.0
1\tb\t0
`;

const line = (step: number, id: string, turn: number, correct: boolean | string): string =>
  `{"step": ${step}, "doc_id": "${id}", "turn": ${turn}, "is_correct": ${correct}, "reward": NaN}\n`;

export const samplesCases: readonly ImporterCase[] = [
  {
    format: 'samples',
    title: 'a quoted table with chains and benchmarks',
    files: { 'answers.csv': table },
    open: 'answers.csv',
    number: '1.0',
    delimiter: ',',
    values: { 'math@0': 0.25, 'math@1': 0.75, 'code@0': 1, 'code@1': 0 },
  },
  {
    format: 'samples',
    title: 'tabs, without chains',
    files: { 'answers.tsv': plain },
    open: 'answers.tsv',
    number: '1.0',
    delimiter: '\t',
    values: { 'accuracy@0': 0.75, 'accuracy@1': 0.25 },
  },
  {
    format: 'samples',
    title: 'JSON lines with turns',
    files: {
      'answers.jsonl': [
        line(10, 'a', 1, true),
        line(10, 'a', 2, true),
        line(10, 'b', 1, false),
        line(10, 'b', 2, true),
        line(20, 'a', 1, true),
        line(20, 'a', 2, false),
        line(20, 'b', 1, '1.0'),
        line(20, 'b', 2, true),
      ].join(''),
    },
    open: 'answers.jsonl',
    number: '1.0',
    values: { 'accuracy@t1@10': 0.5, 'accuracy@t2@10': 1, 'accuracy@t1@20': 1, 'accuracy@t2@20': 0.5 },
  },
];

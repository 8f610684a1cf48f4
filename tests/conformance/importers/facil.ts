import type { ImporterCase } from './case.ts';

const entry = (task: number, iter: number, name: string, value: number): string =>
  `{"group": "test", "iter": ${iter}, "name": "${name}", "task": ${task}, "time": "2023-05-27-10-00", "value": ${value}}`;

const line = (task: number, taw: string, awareDrop: string, tag: string, agnosticDrop: string): string =>
  `>>> Test on task  ${task} : loss=1.428 | TAw acc= ${taw}%, forg=  ${awareDrop}%| TAg acc= ${tag}%, forg=  ${agnosticDrop}% <<<`;

export const facilCases: readonly ImporterCase[] = [
  {
    format: 'facil',
    title: 'a matrix',
    files: {
      'acc_tag-2023-05-27-10-00.txt':
        '0.812500\t0.000000\t0.000000\n0.301000\t0.742000\t0.000000\n0.066000\t0.250000\t0.697000\n',
    },
    open: 'acc_tag-2023-05-27-10-00.txt',
    number: '0.812500',
    delimiter: '\t',
    values: { 'task 0@task 0': 0.8125, 'task 0@task 1': 0.301, 'task 2@task 2': 0.697 },
  },
  {
    format: 'facil',
    title: 'an experiment',
    files: {
      'cifar100_lwf_0/results/acc_tag-2023-05-27-10-00.txt':
        '0.812500\t0.000000\t0.000000\n0.301000\t0.742000\t0.000000\n0.066000\t0.250000\t0.697000\n',
      'cifar100_lwf_0/results/acc_taw-2023-05-27-10-00.txt':
        '0.812500\t0.000000\t0.000000\n0.701000\t0.842000\t0.000000\n0.566000\t0.750000\t0.797000\n',
      'cifar100_lwf_0/args-2023-05-27-10-00.txt': '{"approach" : "lwf"}\n',
    },
    open: '',
    number: '0.066000',
    delimiter: '\t',
    values: { 'task 0@task 2': 0.066 },
  },
  {
    format: 'facil',
    title: 'a raw log',
    files: {
      'raw_log-2023-05-27-10-00.txt': `${[
        '{"group": "train", "iter": 1, "name": "loss", "task": 0, "time": "2023-05-27-10-00", "value": 2.2}',
        entry(0, 0, 'acc_taw', 81.2),
        entry(0, 0, 'acc_tag', 81.2),
        entry(1, 0, 'acc_taw', 73.5),
        entry(1, 0, 'acc_tag', 71.75),
        entry(1, 1, 'acc_taw', 90.5),
        entry(1, 1, 'acc_tag', 88.5),
      ].join('\n')}\n`,
    },
    open: 'raw_log-2023-05-27-10-00.txt',
    number: '71.75',
    values: { 'task 0@task 0': 0.812, 'task 0@task 1': 0.7175, 'task 1@task 1': 0.885 },
  },
  {
    format: 'facil',
    title: 'its output',
    files: {
      'stdout-2023-05-27-10-00.txt': [
        '*'.repeat(108),
        'Task  0',
        '*'.repeat(108),
        '| Epoch   1, time=  1.8s | Train: skip eval | Valid: time=  1.9s loss=2.3, TAw acc= 40.0% | *',
        line(0, '81.2', '0.0', '81.2', '0.0'),
        'Save at results/cifar100_lwf_0',
        'Task  1',
        line(0, '79.0', '2.2', '75.6', '5.6'),
        line(1, '90.5', '0.0', '88.5', '0.0'),
        '',
      ].join('\n'),
    },
    open: 'stdout-2023-05-27-10-00.txt',
    number: '75.6',
    values: { 'task 0@task 0': 0.812, 'task 0@task 1': 0.756, 'task 1@task 1': 0.885 },
  },
];

import { recordOf, runFiles } from '../../logs/files.ts';
import type { ImporterCase } from './case.ts';

const files = {
  ...runFiles(recordOf('er', 1)),
  'accuracy.csv': 'step,training_task,a,b\n0,a,0.5,\n1,a,0.6875,\n1,b,0.8125,0\n2,b,0.625,1\n',
};

const prefixed = (folder: string, seed: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...files, 'run.json': JSON.stringify(recordOf('er', seed)) }).map(([name, content]) => [
      `${folder}/${name}`,
      content,
    ]),
  );

export const stabgapCases: readonly ImporterCase[] = [
  {
    format: 'stabgap',
    title: 'a run, its accuracy.csv broken',
    files,
    open: '',
    target: 'accuracy.csv',
    number: '0.6875',
    delimiter: ',',
    values: { 'a@0/a': 0.5, 'a@1/a': 0.6875, 'a@1/b': 0.8125, 'b@2/b': 1, 'matrix/a@b': 0.5 },
  },
  {
    format: 'stabgap',
    title: 'a run, its matrix.csv broken',
    files: { ...files, 'matrix.csv': 'trained,a,b\ninitial,0.5,0.25\na,0.6875,0\nb,0.5,1\n' },
    open: '',
    target: 'matrix.csv',
    number: '0.6875',
    delimiter: ',',
    values: { 'matrix/a@initial': 0.5, 'matrix/a@a': 0.6875, 'matrix/b@b': 1 },
  },
  {
    format: 'stabgap',
    // A broken run of several is left out, and a note says so: tests/logs/importers/stabgap.test.ts.
    title: 'an experiment of one run',
    files: {
      'experiment.json': '{"name": "x", "methods": [{"label": "er"}]}',
      ...prefixed('er-seed1', 1),
    },
    open: '',
    target: 'er-seed1/accuracy.csv',
    number: '0.6875',
    delimiter: ',',
    values: { 'a@1/a': 0.6875, 'b@2': 1 },
  },
  {
    format: 'stabgap',
    title: 'accuracy.csv alone',
    files: { 'accuracy.csv': files['accuracy.csv'] },
    open: 'accuracy.csv',
    number: '0.6875',
    delimiter: ',',
    values: { 'a@0': 0.5, 'a@1/a': 0.6875, 'b@2': 1 },
  },
];

import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import type { ImportOptions } from '../../../logs/importers/importer.ts';
import { importOne, valuesOf, written } from './written.ts';

/** The three columns that a chart has of each series. */
const titles = (series: string): string => `"${series}","${series}__MIN","${series}__MAX"`;
const same = (value: string): string => `"${value}","${value}","${value}"`;
const file = (...lines: readonly string[]): string =>
  written({ 'export.csv': [...lines, ''].join('\n') }, 'export.csv');
const importFile = (lines: readonly string[], options?: ImportOptions) => importOne(file(...lines), options);

describe('a chart', () => {
  // The first points of a chart that a public page (a chart of Tremor) shows, as W&B exported them.
  test('of one run: the values, not their __MIN and __MAX', () => {
    const found = importFile([
      `"Step",${titles('brisk-pond-1 - train/loss')}`,
      `"0",${same('1.6425')}`,
      `"1",${same('1.6584')}`,
      `"2",${same('1.7086')}`,
    ]);
    expect(found).toMatchObject({ format: 'wandb', name: 'brisk-pond-1' });
    expect(found.log).toMatchObject({ measure: 'loss', higherIsBetter: false, tasks: ['train'] });
    expect([...found.log!.values[0]]).toEqual([1.6425, 1.6584, 1.7086]);
  });

  test('is a log a run, metrics are the tasks; an empty cell was not logged', () => {
    const found = importLogs(
      file(
        ['"Step"', titles('a - b - eval/arc/acc'), titles('a - b - eval/piqa/acc'), titles('c - eval/arc/acc')].join(
          ',',
        ),
        ['"100"', same('0.5'), same(''), same('0.3')].join(','),
        ['"200"', same('0.4'), same('0.8'), same('')].join(','),
      ),
    );
    expect(found.map(({ name }) => name)).toEqual(['a - b', 'c']);
    expect(found.map(valuesOf)).toEqual([{ 'arc@100': 0.5, 'arc@200': 0.4, 'piqa@200': 0.8 }, { 'arc@100': 0.3 }]);
    expect(found.map(({ notes }) => notes)).toEqual([[], []]);
  });

  test('has its steps in the first column under any name; its own _step is no metric', () => {
    const found = importFile([
      `"trainer/global_step",${titles('a - _step')},${titles('a - Test Accuracy')}`,
      `"10",${same('7')},${same('0.5')}`,
    ]);
    expect(found.log).toMatchObject({ measure: 'Accuracy', tasks: ['Test'] });
    expect(valuesOf(found)).toEqual({ 'Test@10': 0.5 });
  });

  test('of averages says so: a drop of a few steps is not in them', () => {
    const { notes } = importFile([
      `"Relative Time (Process)",${titles('Group: x - acc')}`,
      '"10.5","0.5","0.4","0.6"',
      `"20.5",${same('0.6')}`,
    ]);
    expect(notes).toEqual([
      "1 of 2 points are averages, as __MIN and __MAX differ: short drops are not in them; the run's history has all values",
      'steps are those of the x axis, Relative Time (Process)',
    ]);
  });

  test('with a run that never logged the metric leaves it out, which is said', () => {
    const found = importLogs(
      file(`"Step",${titles('a - acc')},${titles('b - acc')}`, `"1",${same('0.5')},${same('')}`),
    );
    expect(found.map(({ name }) => name)).toEqual(['a']);
    expect(found[0].notes).toEqual(['b has no value of acc and is left out']);
  });
});

describe('a history', () => {
  const header = '_step,_runtime,_timestamp,train/global_step,eval/arc_acc,eval/arc_loss,eval/epoch,table';
  const rows = [
    '0,1.5,1717243200.1,50,0.25,3,0.5,{}',
    '1,2.5,1717243201.1,100,,,,{}',
    '2,3.5,1717243202.1,150,0.5,2,1,{}',
  ];

  test('is one log, of the metric most like an accuracy; the rest need not be numbers', () => {
    const found = importFile([header, ...rows]);
    expect(found.name).toBe('export');
    expect(found.log).toMatchObject({ measure: 'acc', tasks: ['arc'] });
    expect(valuesOf(found)).toEqual({ 'arc@0': 0.25, 'arc@2': 0.5 });
    expect(found.notes).toEqual([
      'acc is read, not loss, table; --metric names another',
      'steps are those of W&B, which counts what was logged; those of the training are in the column train/global_step',
    ]);
  });

  test('can be read by the steps of the training', () => {
    const found = importFile([header, ...rows], { columns: { step: 'train/global_step' } });
    expect(valuesOf(found)).toEqual({ 'arc@50': 0.25, 'arc@150': 0.5 });
    expect(() => importFile([header, ...rows], { columns: { step: 'steps' } })).toThrow('row 1: no column steps');
  });

  test('with the nameless column that pandas writes before it', () => {
    const found = importFile([`,${header}`, ...rows.map((row, i) => `${i},${row}`)]);
    expect(valuesOf(found)).toEqual({ 'arc@0': 0.25, 'arc@2': 0.5 });
  });
});

test.each<[string, readonly string[], string]>([
  [
    'a word',
    [`"Step",${titles('a - acc')}`, `"1",${same('good')}`],
    'row 2, column "a - acc": "good" is not a finite number',
  ],
  ['no step', [`"Step",${titles('a - acc')}`, `"",${same('0.5')}`], 'row 2, column "Step": "" is no step'],
  ['two runs of one name', [`"Step",${titles('a - acc')},${titles('a - acc')}`], 'column "a - acc" stands there twice'],
  [
    'two values of a step',
    [`"epoch",${titles('a - acc')}`, `"1",${same('0.5')}`, `"1",${same('0.6')}`],
    'acc has two values at step 1',
  ],
  ['nothing logged', [`"Step",${titles('a - acc')}`, `"1",${same('')}`], 'holds no value of acc'],
  ['no metric', ['_step,_runtime', '1,2'], 'holds no evaluation of anything'],
])('refused: %s', (_, lines, message) => {
  expect(() => importFile(lines)).toThrow(message);
});

test('other tables and folders are refused if the format is named', () => {
  const options = { format: 'wandb' };
  expect(() => importOne(written({ 'a.csv': 'step,arc\n1,2\n' }, 'a.csv'), options)).toThrow(
    'no column _step, none that ends in __MIN',
  );
  expect(() => importOne(written({ 'a.csv': '_step,acc\n1,2\n' }), options)).toThrow('is a folder; name a CSV file');
});

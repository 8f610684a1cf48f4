import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import { importOne, valuesOf, written } from './written.ts';

const header = 'Wall time,Step,Value';
const table = (...rows: readonly string[]): string => [header, ...rows, ''].join('\n');

// Values that TensorBoard wrote for a run on CIFAR-10, in percent (a public script quotes them as its example).
const published = table(
  '1654943296.2150984,0,59.310001373291016',
  '1654943313.7791796,1,64.77999877929688',
  '1654943332.386608,2,70.02999877929688',
  '1654943350.320845,3,71.08000183105469',
  '1654943368.0967004,4,78.98999786376953',
);

test('a file: percentages become shares, the tag is in the name', () => {
  const found = importOne(written({ 'run-.-tag-Accuracy_test.csv': published }, 'run-.-tag-Accuracy_test.csv'));
  expect(found.format).toBe('tensorboard');
  expect(found.log).toMatchObject({ measure: 'Accuracy', tasks: ['test'], higherIsBetter: true });
  expect([...found.log!.steps]).toEqual([0, 1, 2, 3, 4]);
  expect(found.log!.values[0][0]).toBeCloseTo(0.5931000137329102, 14);
  expect(found.notes).toEqual([
    'values of Accuracy up to 78.98999786376953 are taken for percentages and divided by 100; --unit fraction says otherwise',
  ]);
});

test('line ends of Windows and quoted names, as in some downloads', () => {
  const text = '"Wall time","Step","Value"\r\n1,0,0.25\r\n2,10,0.5\r\n';
  expect(valuesOf(importOne(written({ 'acc.csv': text }, 'acc.csv')))).toEqual({ 'acc@0': 0.25, 'acc@10': 0.5 });
});

describe('a folder', () => {
  test('is a log a run, tags are its tasks, the metric is the last part of a tag', () => {
    const found = importLogs(
      written({
        'run-seed1-tag-eval_arc_easy_acc.csv': table('1,10,0.1'),
        'run-seed1-tag-eval_arc_easy_loss.csv': table('1,10,3'),
        'run-seed1-tag-eval_piqa_acc.csv': table('1,10,0.2'),
        'run-seed2-tag-eval_arc_easy_acc.csv': table('1,10,0.3', '2,20,0.4'),
      }),
    );
    expect(found.map(({ name }) => name)).toEqual(['seed1', 'seed2']);
    expect(found.map(valuesOf)).toEqual([
      { 'arc_easy@10': 0.1, 'piqa@10': 0.2 },
      { 'arc_easy@10': 0.3, 'arc_easy@20': 0.4 },
    ]);
    expect(found[0].notes).toEqual(['acc is read, not loss; --metric names another']);
  });

  test('of folders: each is a run, where the names tell none', () => {
    const path = written({
      'a/eval/acc.csv': table('1,10,0.1'),
      'b/run-.-tag-acc.csv': table('1,10,0.2'),
      'b/run-x-tag-acc.csv': table('1,10,0.3'),
      'acc.csv': table('1,10,0.4'),
    });
    const found = importLogs(path);
    expect(found.map((one) => [one.name.replace(path.split('/').at(-1)!, 'root'), valuesOf(one)])).toEqual([
      ['a/eval', { 'acc@10': 0.1 }],
      ['root', { 'acc@10': 0.4 }],
      ['b/root', { 'acc@10': 0.2 }],
      ['b/x', { 'acc@10': 0.3 }],
    ]);
  });

  test('with a run that lacks the metric, and with a file of another kind: both are left out, which is said', () => {
    const [found, ...others] = importLogs(
      written({
        'run-a-tag-eval_acc.csv': table('1,10,0.1'),
        'run-b-tag-eval_loss.csv': table('1,10,3'),
        'other.csv': 'a,b\n1,2\n',
      }),
    );
    expect(others).toEqual([]);
    expect(found.name).toBe('a');
    expect(found.notes).toContain('b has no value of acc and is left out');
    expect(found.notes).toContain('other.csv does not begin with Wall time,Step,Value and is left out');
  });

  test('a metric asked for is found as the last part of tags that have no usual one', () => {
    const path = written({
      'run-a-tag-arc_zap.csv': table('1,10,5'),
      'run-a-tag-piqa_zap.csv': table('1,10,6'),
      'run-a-tag-piqa_zip.csv': table('1,10,7'),
    });
    expect(valuesOf(importOne(path, { metric: 'zap' }))).toEqual({ 'arc@10': 5, 'piqa@10': 6 });
    expect(valuesOf(importOne(path, { metric: 'piqa_zip' }))).toEqual({ 'piqa_zip@10': 7 });
    expect(() => importOne(path, { metric: 'acc' })).toThrow('has no metric acc (known: arc_zap, piqa_zap, piqa_zip)');
  });
});

describe('a step logged twice', () => {
  test('has the value of the later wall time, wherever it stands, and that is said', () => {
    const later = table('1,10,0.1', '9,20,0.9', '2,20,0.2', '3,30,0.3');
    const found = importOne(written({ 'acc.csv': later }, 'acc.csv'));
    expect(valuesOf(found)).toEqual({ 'acc@10': 0.1, 'acc@20': 0.9, 'acc@30': 0.3 });
    expect(found.notes).toEqual([
      'acc: 1 step was logged again, as after a restart; the value of the latest wall time counts',
    ]);
  });

  test('with the same value is nothing to tell', () => {
    expect(importOne(written({ 'acc.csv': table('1,10,0.1', '2,10,0.1') }, 'acc.csv')).notes).toEqual([]);
  });

  test('in two downloads of one tag counts the same way', () => {
    const found = importOne(
      written({ 'run-a-tag-acc.csv': table('1,10,0.1', '2,20,0.2'), 'run-a-tag-acc (1).csv': table('3,20,0.5') }),
    );
    expect(valuesOf(found)).toEqual({ 'acc@10': 0.1, 'acc@20': 0.5 });
  });
});

// scalars_plugin.py of TensorBoard: _DEFAULT_DOWNSAMPLING = 1000.
test('a series of as many values as TensorBoard samples longer ones to may lack some, which is said', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => `${i},${3 * i},0.5`);
  expect(importOne(written({ 'acc.csv': table(...rows) }, 'acc.csv')).notes[0]).toMatch(/^acc: has 1000 values/);
  expect(importOne(written({ 'acc.csv': table(...rows.slice(1)) }, 'acc.csv')).notes).toEqual([]);
});

test('NaN is a value that was not evaluated', () => {
  expect(valuesOf(importOne(written({ 'acc.csv': table('1,10,nan', '2,20,0.5') }, 'acc.csv')))).toEqual({
    'acc@20': 0.5,
  });
});

test.each<[string, string, string]>([
  ['two values of one wall time', table('1,10,0.1', '1,10,0.2'), 'row 3, column "Value": step 10 has two values'],
  ['a diverged loss', table('1,10,inf'), 'row 2, column "Value": "inf" is not a finite number'],
  ['a step below 0', table('1,-10,0.5'), 'row 2, column "Step": "-10" is no step'],
  ['no step', table('1,,0.5'), 'row 2, column "Step": "" is no step'],
  ['no value at all', table(), 'holds no value of acc'],
])('refused: %s', (_, text, message) => {
  expect(() => importOne(written({ 'acc.csv': text }, 'acc.csv'))).toThrow(message);
});

test('other columns are refused if the format is named', () => {
  const path = written({ 'acc.csv': 'time,Step,Value\n1,2,3\n' }, 'acc.csv');
  expect(() => importOne(path, { format: 'tensorboard' })).toThrow('the columns are time,Step,Value instead of');
});

import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import { importOne, valuesOf, written } from './written.ts';

const [first, second] = ['73ed5776f5e04e23be739d46812cb6bd', '1c6b2d5b909041df93e6e00b960de019'];
const meta = (name: string, stage = 'active'): string => `lifecycle_stage: ${stage}\nrun_name: ${name}\n`;
const at = (time: number, value: number | string, step: number | string = ''): string =>
  `${1717243200000 + time} ${value} ${step}`.trimEnd();
const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

describe('a store', () => {
  const files = {
    [`mlruns/0/meta.yaml`]: 'name: Default\n',
    [`mlruns/0/${first}/meta.yaml`]: meta("'seed 1: new'"),
    [`mlruns/0/${first}/metrics/eval_arc_easy_accuracy`]: lines(at(0, 0.25, 10), at(5, 0.5, 20)),
    [`mlruns/0/${first}/metrics/eval_piqa_accuracy`]: lines(at(0, 0.75, 10)),
    [`mlruns/0/${first}/metrics/eval_arc_easy_loss`]: lines(at(0, 3, 10)),
    [`mlruns/0/${first}/metrics/eval_runtime`]: lines(at(0, 60, 10)),
    [`mlruns/0/${first}/metrics/system/cpu_utilization_percentage`]: lines(at(0, 12, 0)),
    [`mlruns/0/${first}/artifacts/metrics/notes.txt`]: 'free text\n',
    [`mlruns/1/${second}/metrics/eval_arc_easy_accuracy`]: lines(at(0, 0.1, 10)),
    [`mlruns/1/${second}/tags/mlflow.runName`]: 'old store',
    [`mlruns/.trash/2/${second}/metrics/eval_arc_easy_accuracy`]: lines(at(0, 0.9, 10)),
    'mlruns/0/models/m-1/metrics/eval_arc_easy_accuracy': lines(at(0, 0.9, 10)),
  };

  test('is a log a run, with the names of meta.yaml or of the tag of old stores', () => {
    const found = importLogs(written(files, 'mlruns'));
    expect(found.map(({ name, format }) => [name, format])).toEqual([
      ['seed 1: new', 'mlflow'],
      ['old store', 'mlflow'],
    ]);
    expect(found.map(valuesOf)).toEqual([
      { 'arc_easy@10': 0.25, 'arc_easy@20': 0.5, 'piqa@10': 0.75 },
      { 'arc_easy@10': 0.1 },
    ]);
    expect(found[0].log).toMatchObject({ measure: 'accuracy', higherIsBetter: true });
    expect(found[1].path).toMatch(new RegExp(`${second}$`));
    expect(found[0].notes).toEqual(['accuracy is read, not loss; --metric names another']);
  });

  test.each(['mlruns/0', `mlruns/0/${first}`, `mlruns/0/${first}/metrics`])('can be opened at %s', (open) => {
    const found = importOne(written(files, open));
    expect(found.name).toBe('seed 1: new');
    expect(valuesOf(found)).toEqual({ 'arc_easy@10': 0.25, 'arc_easy@20': 0.5, 'piqa@10': 0.75 });
  });

  test('has keys of a metric of their own, which can be asked for', () => {
    const found = importOne(written(files, `mlruns/0/${first}`), { metric: 'loss' });
    expect(found.log!.higherIsBetter).toBe(false);
    expect(valuesOf(found)).toEqual({ 'arc_easy@10': 3 });
    expect(() => importLogs(written(files, 'mlruns'), { metric: 'f1' })).toThrow(
      'has no metric f1 (known: accuracy, loss)',
    );
  });

  test('a deleted run and an empty file are left out, which is said', () => {
    const found = importOne(
      written({
        [`0/${first}/meta.yaml`]: meta('good'),
        [`0/${first}/metrics/acc`]: lines(at(0, 0.5, 1)),
        [`0/${first}/metrics/f1`]: '',
        [`0/${second}/meta.yaml`]: meta('bad', 'deleted'),
        [`0/${second}/metrics/acc`]: lines(at(0, 0.1, 1)),
      }),
    );
    expect(found.name).toBe('good');
    expect(found.notes).toEqual([
      `0/${first}/metrics/f1 has no line of a time and a value and is left out`,
      'the run bad is deleted in MLflow and left out',
    ]);
  });

  test('two runs of one name are told apart by their ids; without meta.yaml the id is the name', () => {
    const acc = lines(at(0, 0.5, 1));
    const two = { [`0/${first}/metrics/acc`]: acc, [`0/${second}/metrics/acc`]: acc };
    expect(importLogs(written(two)).map(({ name }) => name)).toEqual([second, first]);
    const named = { ...two, [`0/${first}/meta.yaml`]: meta('x'), [`0/${second}/meta.yaml`]: meta('x') };
    expect(importLogs(written(named)).map(({ name }) => name)).toEqual(['x (1c6b2d5b)', 'x (73ed5776)']);
  });
});

describe('the lines of a metric', () => {
  const read = (...all: readonly string[]) => importOne(written({ [`${first}/metrics/acc`]: lines(...all) }));

  test('without a step are of step 0', () => {
    expect(valuesOf(read(at(0, 0.5)))).toEqual({ 'acc@0': 0.5 });
  });

  test('of one step: the newest counts, of equally new ones the greatest, and that is said', () => {
    const found = read(at(9, 0.3, 1), at(5, 0.4, 1), at(2, 0.1, 2), at(2, 0.2, 2), at(3, 0.7, 3));
    expect(valuesOf(found)).toEqual({ 'acc@1': 0.3, 'acc@2': 0.2, 'acc@3': 0.7 });
    expect(found.notes).toEqual(['acc: 2 steps were logged again; the newest value of each counts']);
  });

  // What MLflow's store does: max(metrics, key=lambda m: (m.step, m.timestamp, m.value)), here for each step.
  test('of any order give the same log', () => {
    const entry = record({
      time: integer({ min: 0, max: 3 }),
      value: integer({ min: 0, max: 3 }).map((value) => value / 4),
      step: integer({ min: 0, max: 2 }),
    });
    assert(
      property(array(entry, { minLength: 1, maxLength: 12 }), (entries) => {
        const expected: Record<string, number> = {};
        for (const { step } of entries) {
          const [best] = entries
            .filter((each) => each.step === step)
            .toSorted((a, b) => b.time - a.time || b.value - a.value);
          expected[`acc@${step}`] = best.value;
        }
        expect(valuesOf(read(...entries.map(({ time, value, step }) => at(time, value, step))))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('nan is not evaluated', () => {
    expect(valuesOf(read(at(0, 'nan', 1), at(1, 0.5, 2)))).toEqual({ 'acc@2': 0.5 });
  });

  test('a last one without its end is left out, which is said', () => {
    const found = importOne(written({ [`${first}/metrics/acc`]: `${lines(at(0, 0.5, 100))}${at(1, 0.6, 20)}` }));
    expect(valuesOf(found)).toEqual({ 'acc@100': 0.5 });
    expect(found.notes).toEqual(['acc: row 2, the last, is cut short and was left out']);
  });

  test.each<[string, string, string]>([
    [
      'five fields',
      `${at(0, 0.5, 1)} data 1a2b3c4d`,
      'metrics/acc, row 2: 5 fields instead of a time, a value and a step',
    ],
    ['one field', '1717243200000', 'row 2: 1 field instead of'],
    ['a time in words', 'today 0.5 1', 'row 2, column "time": "today" is no time'],
    ['an infinite value', at(0, 'inf', 1), 'row 2, column "value": "inf" is not a finite number'],
    ['a step below 0', at(0, 0.5, -1), 'row 2, column "step": "-1" is no step'],
  ])('refused: %s', (_, line, message) => {
    expect(() => read(at(0, 0.5, 0), line)).toThrow(message);
  });
});

test('a folder without metrics, and a file, are refused if the format is named', () => {
  const options = { format: 'mlflow' };
  expect(() => importOne(written({ 'a/params/lr': '0.1' }), options)).toThrow('holds no metrics of a run');
  expect(() => importOne(written({ 'metrics/acc': '1717243200000 0.5 1\n' }, 'metrics/acc'), options)).toThrow(
    'is a file; name the folder mlruns',
  );
});

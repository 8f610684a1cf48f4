import { array, assert, constantFrom, property, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import { importOne, valuesOf, written } from './written.ts';

type Row = Readonly<Record<string, unknown>>;

const state = (step: number, history: unknown): string =>
  JSON.stringify({ global_step: step, log_history: history }, null, 2);

/** One evaluation as `Trainer.evaluate` logs it: the times stand under the prefix of the metrics. */
const row = (step: number, prefix: string, metrics: Row): Row => ({
  ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${prefix}_${name}`, value])),
  [`${prefix}_runtime`]: 92.0138,
  [`${prefix}_samples_per_second`]: 22.671,
  [`${prefix}_steps_per_second`]: 1.424,
  epoch: 0.32,
  step,
});

/** One evaluation of a callback of the user: no times. */
const bare = (step: number, metrics: Row): Row => ({ ...metrics, step });

const file = (history: unknown): string => written({ 'trainer_state.json': state(400, history) }, 'trainer_state.json');

// The first evaluations of a run that the LRQA baselines of QuALITY published (github.com/yuanhuanghuang/quality, baselines/lrqa).
const published = [
  { epoch: 0.32, learning_rate: 7.911392405063292e-6, loss: 1.387, step: 50 },
  row(50, 'eval', { accuracy: 0.25503355264663696, loss: 1.3863019943237305 }),
  { epoch: 0.63, learning_rate: 1.5822784810126583e-5, loss: 1.3879, step: 100 },
  row(100, 'eval', { accuracy: 0.26366251707077026, loss: 1.3862756490707397 }),
  row(150, 'eval', { accuracy: 0.2804410457611084, loss: 1.3861876726150513 }),
];

describe('one evaluation set', () => {
  test('is the task eval; accuracy comes before loss, which is said', () => {
    const found = importOne(file(published));
    expect(found.format).toBe('trainer-state');
    expect(found.log).toMatchObject({ measure: 'accuracy', higherIsBetter: true, tasks: ['eval'] });
    expect(valuesOf(found)).toEqual({
      'eval@50': 0.25503355264663696,
      'eval@100': 0.26366251707077026,
      'eval@150': 0.2804410457611084,
    });
    expect(found.notes).toEqual(['accuracy is read, not loss; --metric names another']);
  });

  test('the loss can be asked for: lower is better, and that is said', () => {
    const { log, notes } = importOne(file(published), { metric: 'loss' });
    expect([...log!.values[0]]).toEqual([1.3863019943237305, 1.3862756490707397, 1.3861876726150513]);
    expect(log!.higherIsBetter).toBe(false);
    expect(notes).toEqual(['lower values of loss are taken to be better, by its name; --better higher says otherwise']);
  });

  test('without an accuracy the loss is read', () => {
    const { log } = importOne(file([row(10, 'eval', { loss: 2 }), row(20, 'eval', { loss: 1 })]));
    expect(log).toMatchObject({ measure: 'loss', tasks: ['eval'], higherIsBetter: false });
  });

  test('an unknown metric does not come before the loss, but can be asked for', () => {
    const path = file([row(10, 'eval', { zap: 3, loss: 2 })]);
    expect(importOne(path).log!.measure).toBe('loss');
    expect(valuesOf(importOne(path, { metric: 'zap' }))).toEqual({ 'eval@10': 3 });
    expect(() => importOne(path, { metric: 'zip' })).toThrow('has no metric zip (known: zap, loss)');
  });

  test('metrics of one set that name tasks are tasks if what they share is asked for', () => {
    const path = file([row(10, 'eval', { arc_zap: 3, piqa_zap: 4, loss: 2 })]);
    expect(valuesOf(importOne(path, { metric: 'zap' }))).toEqual({ 'arc@10': 3, 'piqa@10': 4 });
    // One name that ends so is a longer metric.
    expect(() => importOne(file([row(10, 'eval', { odd_zap: 3 })]), { metric: 'zap' })).toThrow('has no metric zap');
  });
});

describe('several evaluation sets', () => {
  test('are tasks, also where names hold underscores and metrics are of several words', () => {
    const found = importOne(
      file([
        row(100, 'eval_arc_easy', { acc_norm: 0.4, loss: 2 }),
        row(100, 'eval_piqa', { acc_norm: 0.6, loss: 1 }),
        row(200, 'eval_arc_easy', { acc_norm: 0.5, loss: 2 }),
        row(200, 'eval_piqa', { acc_norm: 0.55, loss: 1 }),
      ]),
    );
    expect(found.log).toMatchObject({ measure: 'acc_norm', tasks: ['arc_easy', 'piqa'] });
    expect(valuesOf(found)).toEqual({
      'arc_easy@100': 0.4,
      'piqa@100': 0.6,
      'arc_easy@200': 0.5,
      'piqa@200': 0.55,
    });
  });

  test('a set without the metric is left out, which is said', () => {
    const { log, notes } = importOne(
      file([row(100, 'eval_arc', { accuracy: 0.4, loss: 2 }), row(100, 'eval_wiki', { loss: 3 })]),
    );
    expect(log!.tasks).toEqual(['arc']);
    expect(notes).toContain('wiki has no accuracy and is left out');
  });
});

describe('what eval_f1_macro is', () => {
  test('of one set the metric f1_macro, as the row has eval_runtime', () => {
    const found = importOne(file([row(10, 'eval', { f1_macro: 0.3, f1_micro: 0.4 })]));
    expect(found.log!.measure).toBe('f1_macro');
    expect(valuesOf(found)).toEqual({ 'eval@10': 0.3 });
    expect(found.notes).toEqual(['f1_macro is read, not f1_micro; --metric names another']);
  });

  test('of the set f1 the metric macro, as the row has eval_f1_runtime', () => {
    const found = importOne(file([row(10, 'eval_f1', { macro: 0.3 }), row(10, 'eval_f2', { macro: 0.4 })]));
    expect(found.log).toMatchObject({ measure: 'macro', tasks: ['f1', 'f2'] });
    expect(valuesOf(found)).toEqual({ 'f1@10': 0.3, 'f2@10': 0.4 });
  });

  test('and both in one file are refused', () => {
    const path = file([row(10, 'eval', { f1_macro: 0.3 }), row(20, 'eval_f1', { macro: 0.4 })]);
    expect(() => importOne(path)).toThrow(
      'log_history[1]: "eval_f1_macro" is the metric macro here and f1_macro above; rename the evaluation set',
    );
  });

  test('without times it is told by its words: f1 and macro are of metrics, arc is not', () => {
    const macro = importOne(file([bare(10, { eval_f1_macro: 0.3, eval_recall_macro: 0.5 })]));
    expect(macro.log!.measure).toBe('f1_macro');
    expect(valuesOf(macro)).toEqual({ 'eval@10': 0.3 });
    const acc = importOne(file([bare(10, { eval_arc_acc: 0.3, eval_piqa_acc: 0.5, eval_balanced_acc: 0.1 })]));
    expect(valuesOf(acc)).toEqual({ 'arc@10': 0.3, 'piqa@10': 0.5 });
    const zap = file([bare(10, { eval_arc_zap: 3, eval_piqa_zap: 5 })]);
    expect(() => importOne(zap)).toThrow('name one with --metric (known: arc_zap, piqa_zap)');
    expect(valuesOf(importOne(zap, { metric: 'zap' }))).toEqual({ 'arc@10': 3, 'piqa@10': 5 });
    const named = importOne(file([bare(10, { eval_arc_f1_macro: 0.3, eval_f1_macro: 0.5 })]));
    expect(valuesOf(named)).toEqual({ 'arc@10': 0.3, 'eval@10': 0.5 });
  });
});

test('evaluation sets of any names are told from the metric by the times', () => {
  const word = constantFrom('eval', 'arc', 'f1', 'macro', 'loss', 'accuracy', 'test', 'sts-dev', '2');
  const name = array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('_'));
  assert(
    property(uniqueArray(name, { minLength: 1, maxLength: 4 }), (names) => {
      const rows = names.map((each, i) => row(10, `eval_${each}`, { accuracy: (i + 1) / 8, loss: 2 }));
      const expected = names.map((each, i) => [`${each}@10`, (i + 1) / 8]);
      // The set x with the metric accuracy_accuracy has the key of the set x_accuracy with accuracy: here metrics are of one word.
      expect(valuesOf(importOne(file(rows)))).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 100 },
  );
});

describe('checkpoints', () => {
  const history = [row(100, 'eval', { accuracy: 0.4 }), row(200, 'eval', { accuracy: 0.3 })];
  const checkpoints = (run: string): Record<string, string> => ({
    [`${run}checkpoint-100/trainer_state.json`]: state(100, history.slice(0, 1)),
    [`${run}checkpoint-1000/trainer_state.json`]: state(1000, [...history, row(1000, 'eval', { accuracy: 0.7 })]),
    [`${run}checkpoint-200/trainer_state.json`]: state(200, history),
  });

  test('of a run: the one of the largest step is read, which is said', () => {
    const found = importOne(written(checkpoints('mine/'), 'mine'));
    expect(valuesOf(found)).toEqual({ 'eval@100': 0.4, 'eval@200': 0.3, 'eval@1000': 0.7 });
    expect(found.name).toBe('mine');
    expect(found.notes[0]).toMatch(/^of 3 checkpoints only checkpoint-1000.trainer_state.json is read/);
  });

  test('the folder of one, or its file, goes by the name of the run', () => {
    for (const open of ['mine/checkpoint-200', 'mine/checkpoint-200/trainer_state.json']) {
      const found = importOne(written(checkpoints('mine/'), open));
      expect(valuesOf(found)).toEqual({ 'eval@100': 0.4, 'eval@200': 0.3 });
      expect(found.name).toBe('mine');
      expect(found.notes).toEqual([]);
    }
  });

  test('two runs in a folder are two logs', () => {
    const found = importLogs(written({ ...checkpoints('a/'), ...checkpoints('b/') }));
    expect(found.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('one whose history is missing is left out, which is said', () => {
    const found = importOne(
      written({ ...checkpoints('mine/'), 'mine/checkpoint-2000/trainer_state.json': '{' }, 'mine'),
    );
    expect(found.notes).toContain('checkpoint-2000/trainer_state.json holds no log_history and is left out');
  });
});

describe('odd values', () => {
  test('NaN, Infinity and null count as not evaluated, which is said', () => {
    const text = state(30, [
      row(10, 'eval', { accuracy: 'A' }),
      row(20, 'eval', { accuracy: 'B' }),
      row(30, 'eval', { accuracy: null }),
      row(40, 'eval', { accuracy: 0.5 }),
    ]);
    const path = written({ 't.json': text.replace('"A"', 'NaN').replace('"B"', '-Infinity') }, 't.json');
    const found = importOne(path);
    expect(valuesOf(found)).toEqual({ 'eval@40': 0.5 });
    expect(found.notes).toContain('3 values are NaN, infinite or null and count as not evaluated');
  });

  test('a second evaluation at the last step, as of the best model after training, does not replace the first', () => {
    const found = importOne(
      file([
        row(10, 'eval', { accuracy: 0.6 }),
        row(20, 'eval', { accuracy: 0.5 }),
        row(20, 'eval', { accuracy: 0.6 }),
      ]),
    );
    expect(valuesOf(found)).toEqual({ 'eval@10': 0.6, 'eval@20': 0.5 });
    expect(found.notes[0]).toMatch(/more than one value of eval at step 20.*the first is read/);
  });

  test('an evaluation after the training may be of the best model, which is said', () => {
    const end = { step: 20, train_loss: 1, train_runtime: 60 };
    const before = [row(10, 'eval', { accuracy: 0.6 }), end];
    const { notes } = importOne(file([...before, row(20, 'eval', { accuracy: 0.5 })]));
    expect(notes).toEqual([
      'eval at step 20 was evaluated after the training: it is of the best model, not the last, if that was loaded',
    ]);
    expect(importOne(file([...before, row(10, 'eval', { accuracy: 0.6 })])).notes).toEqual([]);
  });

  test('percentages become shares', () => {
    const { log } = importOne(file([row(10, 'eval', { accuracy: 61 }), row(20, 'eval', { accuracy: 50.5 })]));
    expect([...log!.values[0]]).toEqual([0.61, 0.505]);
  });

  test.each<[string, unknown, string]>([
    ['no evaluation', [{ loss: 1, step: 1 }], 'log_history holds no evaluation; set eval_strategy'],
    ['no step', [{ eval_loss: 1 }], 'log_history[0]: has no number "step"'],
    ['a value in words', [row(1, 'eval', { accuracy: 'good' })], '"eval_accuracy": "good" is not a number'],
    ['a row that is a number', [5], 'log_history[0]: is no object of metrics'],
    ['a step below 0', [row(-1, 'eval', { accuracy: 0.5 })], 'the step is -1'],
    ['only unknown metrics', [row(1, 'eval', { zip: 1, zap: 2 })], 'name one with --metric (known: zip, zap)'],
    ['nothing but NaN', [row(1, 'eval', { accuracy: null })], 'holds no value of accuracy'],
  ])('refused: %s', (_, rows, message) => {
    expect(() => importOne(file(rows))).toThrow(message);
  });
});

test('evaluations of other prefixes are tasks; of the training data they are none', () => {
  const found = importOne(
    file([row(10, 'test', { accuracy: 0.4 }), row(10, 'eval', { accuracy: 0.5 }), row(10, 'train', { accuracy: 0.9 })]),
  );
  expect(valuesOf(found)).toEqual({ 'test@10': 0.4, 'eval@10': 0.5 });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { openSource } from '../../../logs/importers/shared/source.ts';
import { wide } from '../../../logs/importers/wide.ts';
import { fileOf } from '../files.ts';
import { importOne, importText, plainly } from './reading.ts';

describe('steps', () => {
  test('are in the column of the most usual name; another that counts otherwise is no task', () => {
    const { log, notes, format } = importText('epoch,step,a\n0.5,10,0.25\n1,20,0.5\n');
    expect(format).toBe('wide');
    expect(plainly({ log })).toEqual({ step: [10, 20], a: [0.25, 0.5] });
    expect(notes).toEqual(['columns left out: epoch (counts steps otherwise)']);
  });
  test('are in the column that the user names', () => {
    expect(plainly(importText('step,k,a\n7,1,0.25\n7,2,0.5\n', { columns: { step: 'k' } }))).toEqual({
      step: [1, 2],
      a: [0.25, 0.5],
    });
    expect(() => importText('step,a\n1,0.5\n', { columns: { step: 'x' } })).toThrow(
      'has no column x for --columns step=… (columns: step, a)',
    );
  });
  test('are the numbers of the rows where no column tells them, and that is said', () => {
    const { log, notes } = importText('model,a,b\nSFT,0.25,0.5\nDPO,0.75,\n');
    expect(plainly({ log })).toEqual({ step: [0, 1], a: [0.25, 0.75], b: [0.5, NaN] });
    expect(notes).toEqual([
      'no column tells the step: 2 rows are numbered from 0 in the order of the file; --columns step=<column> names one',
      'columns left out: model (text)',
    ]);
  });
  test('may stand in any order', () => {
    expect(plainly(importText('step,a\n3,0.75\n1,0.25\n2,0.5\n'))).toEqual({ step: [1, 2, 3], a: [0.25, 0.5, 0.75] });
  });
  test('that come twice with other values are refused', () => {
    expect(() => importText('step,a\n1,0.25\n1,0.5\n')).toThrow('row 3: a has two values at step 1: 0.25 and 0.5');
  });
  test('that come twice with values of other tasks are one evaluation', () => {
    expect(plainly(importText('step,a,b\n1,0.25,\n1,,0.5\n'))).toEqual({ step: [1], a: [0.25], b: [0.5] });
  });
});

describe('columns', () => {
  test('of text, times, seeds and empty ones are left out, and named', () => {
    const { log, notes } = importText(
      'step,date,Wall Time,seed,a,b,note\n1,2024-01-01,17.5,3,0.5,,\n2,2024-01-02,18.5,3,0.75,,\n',
    );
    expect(log.tasks).toEqual(['a']);
    expect(notes).toEqual([
      'columns left out: date (text), Wall Time (no value of a task, by its name), seed (no value of a task, by its name), b (empty), note (empty)',
    ]);
  });
  test('of numbers with a word in it are refused, not left out', () => {
    expect(() => importText('step,a\n1,0.5\n2,good\n3,0.75\n')).toThrow(
      'row 3, column "a": "good" is not a finite number',
    );
    expect(() => importText('step,a\n1,0.5\n2,1e999\n')).toThrow('row 3, column "a": "1e999" is not a finite number');
  });
  test('of numbers as people write them are refused, not taken for names', () => {
    expect(() => importText('step;a\n1;0,5\n2;0,75\n')).toThrow(
      '"0,5" is not a finite number; write decimals with a point',
    );
    expect(() => importText('step,a,b\n1,45 %,1\n2,50 %,1\n')).toThrow('"45 %" is not a finite number');
  });
  test('may go by names that tidy tables use', () => {
    const { log, format } = importText('step,language,reward\n0,0.5,0.25\n1,1,0.5\n');
    expect(format).toBe('wide');
    expect(plainly({ log })).toEqual({ step: [0, 1], language: [0.5, 1], reward: [0.25, 0.5] });
  });
  test('named after a task hold its standard errors, numbers of items, or spreads', () => {
    const { log, notes } = importText('step,a,a_stderr,a_count,a_std,b\n1,50,2.5,100,9,20\n2,75,1,,9,30\n');
    expect(plainly({ log })).toEqual({ step: [1, 2], a: [0.5, 0.75], b: [0.2, 0.3] });
    expect(log.standardErrors!.map((own) => [...own])).toEqual([[0.025, 0.01], [NaN, NaN]]); // prettier-ignore
    expect(log.counts!.map((own) => [...own])).toEqual([[100, NaN], [NaN, NaN]]); // prettier-ignore
    expect(notes[0]).toBe('columns left out: a_std (a spread)');
  });
  test('of standard errors below 0 and counts below 1 are refused', () => {
    expect(() => importText('step,a,a_stderr\n1,0.5,-1\n')).toThrow('row 2, column "a_stderr": -1 is below 0');
    expect(() => importText('step,a,a_count\n1,0.5,0\n')).toThrow('row 2, column "a_count": 0 is below 1');
  });
  test('of losses beside scores are left out; alone they are a log of losses', () => {
    const { log, notes } = importText('step,a,train_loss\n1,0.5,2.5\n');
    expect(log.tasks).toEqual(['a']);
    expect(notes).toEqual(['columns left out: train_loss (lower values are better, unlike in the others)']);
    const losses = importText('step,a_loss,b_loss\n1,3.5,2.5\n');
    expect(losses.log).toMatchObject({ tasks: ['a_loss', 'b_loss'], higherIsBetter: false });
    expect(losses.notes).toEqual([
      'lower values of a_loss, b_loss are taken to be better, by their names; --better higher says otherwise',
    ]);
    expect(importText('step,a,train_loss\n1,0.5,2.5\n', { better: 'higher' }).log.tasks).toEqual(['a', 'train_loss']);
  });
  test('of the task in training are read; a task that has no column of its own is named', () => {
    const { log, notes } = importText('step,training_task,a,b\n0,a,50,10\n1,b,60,20\n2,warm-up,70,90\n3,,75,90\n');
    expect(log.tasks).toEqual(['a', 'b', 'warm-up']);
    expect([...log.trainingTask]).toEqual([0, 1, 2, -1]);
    expect(notes[0]).toBe('tasks in training that have no column of values: warm-up');
  });
  test('tasks stand in the order of their columns, whichever was evaluated first', () => {
    expect(importText('step,a,b\n0,,0.5\n1,0.5,0.75\n').log.tasks).toEqual(['a', 'b']);
  });
  test.each([
    ['none of numbers', 'step,a\n1,x\n', 'has no column of numbers that could be a task (columns: a)'],
    [
      'names that are numbers',
      '0.5,0.25\n0.5,0.75\n',
      'row 1: 0.5, 0.25 are numbers; the first line must name the columns',
    ],
    ['a row too short', 'step,a,b\n1,0.5\n2,0.5,0.5\n', 'row 2: 2 cells instead of 3'],
    ['no row', 'step,a\n', 'has no column of numbers'],
    ['a name twice', 'step,a,a\n1,0.5,0.5\n', 'column "a" stands there twice'],
  ])('%s: refused', (_, text, message) => {
    expect(() => importText(text, { format: 'wide' })).toThrow(message);
  });
  test('that only tables with a value a row have cannot be named', () => {
    expect(() => importText('step,a\n1,0.5\n', { format: 'wide', columns: { task: 'a' } })).toThrow(
      '--columns task=… has no meaning; name --format tidy if it has one value a row',
    );
  });
});

test('a key of JSON may come late, or hold what is no number', () => {
  const { log, notes } = importText(
    '[{"step":0,"a":0.5,"who":"x"},{"step":1,"a":null,"b":0.25,"args":{"k":1}}]',
    { format: 'wide' },
    'log.json',
  );
  expect(plainly({ log })).toEqual({ step: [0, 1], a: [0.5, NaN], b: [NaN, 0.25] });
  expect(notes).toEqual(['columns left out: who (text), args (text)']);
});

test('a log is the same whatever the order of the rows: with training tasks, standard errors and counts', () => {
  const cell = fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: '' });
  const count = fc.option(fc.integer({ min: 1, max: 9 }), { nil: '' });
  const row = fc.tuple(fc.constantFrom('a', 'b', 'c', ''), cell, cell, count, cell);
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 8 }), fc.nat(), (rows, seed) => {
      fc.pre(rows.some(([, a]) => a !== '') && rows.some(([, , , , b]) => b !== ''));
      const lines = rows.map((cells, step) => [step, ...cells].join(','));
      const read = (all: readonly string[]) =>
        importText(['step,training,a,a_se,a_n,b', ...all, ''].join('\n'), { unit: 'fraction' }).log;
      const order = createRng(seed).permutation(lines.length);
      const [one, other] = [read(lines), read([...order].map((i) => lines[i]))];
      // Which task without a column was trained first is told by the order.
      expect(other).toEqual(one);
    }),
    { numRuns: 60 },
  );
});

test('many rows are read as they are, in text and in JSON', () => {
  const value = fc.option(
    fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x + 0),
    { nil: null },
  );
  const table = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 3000, size: 'max' });
  fc.assert(
    fc.property(table, (rows) => {
      fc.pre(rows.some(([a]) => a !== null) && rows.some(([, b]) => b !== null));
      const csv = ['step,a,b', ...rows.map(([a, b], step) => `${step},${a ?? ''},${b ?? ''}`)].join('\n');
      const json = rows.map(([a, b], step) => JSON.stringify({ step, a, b })).join('\n');
      const expected = rows.flatMap(([a, b], step) => (a === null && b === null ? [] : [[step, a ?? NaN, b ?? NaN]]));
      for (const text of [`${csv}\n`, `${json}\n`]) {
        const { log } = importText(text, { format: 'wide', unit: 'fraction' });
        expect(Array.from(log.steps, (step, r) => [step, log.values[0][r], log.values[1][r]])).toEqual(expected);
      }
    }),
    { numRuns: 8 },
  );
});

test.each([
  ['W&B, a chart', '"Step","er - acc","er - acc__MIN","er - acc__MAX"\n"0","0.5","0.5","0.5"\n'],
  ['W&B, a history', '_step,_runtime,_timestamp,acc\n0,1.5,17,0.5\n'],
  ['TensorBoard', 'Wall time,Step,Value\n1654943296.2,0,59.31\n'],
  ['OpenCompass', 'dataset,version,metric,mode,m1\ngsm8k,1d7fe4,accuracy,gen,65.62\n'],
  ['Avalanche, evaluations', 'eval_exp,training_exp,eval_accuracy,eval_loss,forgetting\n0,0,0.9,0.1,0\n'],
  [
    'Avalanche, training',
    'training_exp,epoch,training_accuracy,val_accuracy,training_loss,val_loss\n0,0,0.5,0.5,1,1\n',
  ],
  ['MLflow', '1654943296 0.5 0\n1654943297 0.6 1\n'],
  ['FACIL', '0.5\t0.0\n0.4\t0.6\n'],
  ['l2logger', 'block_num\texp_num\tworker_id\tblock_type\ttask_name\treward\n0\t0\tw\ttrain\ta_b\t0.5\n'],
  ['HF trainer state', '{\n  "best_metric": null,\n  "global_step": 5,\n  "log_history": [{"loss": 1}]\n}\n'],
  ['HF trainer state on one line', '{"best_metric":null,"global_step":5,"epoch":1.5,"log_history":[{"loss":1}]}\n'],
  ['samples of lm-evaluation-harness', '{"doc_id":0,"acc":1.0,"filter":"none","step":1}\n'],
  [
    'a log of PyCIL',
    '2023-01-01 10:00:00,123 [trainer.py] => CNN top1 curve: [88.5, 70.1]\n2023-01-01 10:00:01,123 [trainer.py] => x\n',
  ],
  ['our steps.csv', 'step,training_task,loss\n1,a,0.5\n'],
  ['our prequential.csv', 'step,training_task,rows,accuracy,loss\n0,a,10,0.5,1.5\n'],
  ['prose', 'Dear reader, this is no table.\nIt goes on, and on.\n'],
])('%s: not claimed', (_, text) => {
  expect(wide.detects(openSource(fileOf(text)))).toBe(false);
});

test('odd content is no reason to throw', () => {
  const claims = (text: string): unknown => wide.detects(openSource(fileOf(text)));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(claims(text)).toBeTypeOf('boolean');
    }),
  );
});

const published = join(import.meta.dirname, '../../../../shared/logs/published_iterations');
const inUnits = /^values from .* are left as they are; --unit percent divides them by 100$/;

describe.skipIf(!existsSync(published))('published tables', () => {
  const read = (name: string, options = {}) => {
    const found = importOne(join(published, `${name}.csv`), options);
    return { ...found, log: found.log! };
  };
  test('SPIN (arXiv 2401.01335, table 4): the iteration of the base model is −1 and becomes step 0', () => {
    const { log, notes, format } = read('spin_zephyr7b');
    expect(format).toBe('wide');
    expect(log.steps[0]).toBe(0);
    expect(log.tasks).toHaveLength(8);
    expect(plainly({ log }).GSM8k.slice(0, 2)).toEqual([26.76, 35.1]);
    expect(notes).toEqual([
      'columns left out: model (text)',
      'steps begin at -1 and are counted from there: 1 is added to all',
      expect.stringMatching(inUnits),
    ]);
  });
  test('DeepSeek-R1 (arXiv 2501.12948, table 3): the order is the step, stages are names, percentages become shares', () => {
    const { log, notes } = read('deepseek_r1_stages');
    expect([...log.steps]).toEqual([0, 1, 2, 3, 4]);
    expect(plainly({ log }).AIME2024.slice(0, 2)).toEqual([0.779, 0.59]);
    expect(notes[0]).toBe('columns left out: stage (text)');
  });
  test('self-rewarding (arXiv 2401.10020): a missing value is no 0', () => {
    const { log } = read('self_rewarding_llama2_70b');
    expect([...log.steps]).toEqual([0, 1, 2, 3]);
    expect(plainly({ log }).AlpacaEval2_winrate).toEqual([NaN, 9.94, 15.38, 20.44]);
  });
  test('meta-rewarding (arXiv 2407.19594): iterations that begin with names are counted as they come', () => {
    const { log, notes } = read('meta_rewarding_llama3_8b');
    expect([...log.steps]).toEqual([...log.steps.keys()]);
    expect(plainly({ log }).AlpacaEval2_LC.slice(0, 3)).toEqual([22.92, 25.47, 27.85]);
    expect(notes[0]).toContain('column "iteration" holds names, not numbers');
  });
  test('RLVR (arXiv 2504.13837): one task is evaluated at other steps than another', () => {
    const { log } = read('rlvr_qwen25_7b_grpo_passk');
    expect([...log.steps]).toEqual([0, 150, 300, 450]);
    expect(plainly({ log })['train_pass@1'].map((value) => Math.round(1000 * value))).toEqual([NaN, 261, 336, 425]);
  });
  test('B-STaR (arXiv 2412.17256, table 2): each iteration has its balance score', () => {
    const { log } = read('bstar_table2_per_iteration');
    expect(plainly({ log }).step.slice(0, 3)).toEqual([500, 1000, 1500]);
    expect(plainly({ log }).balance_score.slice(0, 2)).toEqual([0.47, 0.538]);
  });
});

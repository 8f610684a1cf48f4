import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { openSource } from '../../../logs/importers/shared/source.ts';
import { tidy } from '../../../logs/importers/tidy.ts';
import { fileOf } from '../files.ts';
import { importText, plainly } from './reading.ts';

describe('columns', () => {
  test('go by usual names, whatever their order and case, and what is not read is named', () => {
    const { log, notes, format, name } = importText(
      'Model,Value,Benchmark,Global Step,StdErr,n,Trained\nm,0.5,gsm8k,10,0.1,25,first\nm,0.25,gsm8k,20,,50,\n',
    );
    expect({ format, name, notes }).toEqual({
      format: 'tidy',
      name: 'log',
      notes: ['columns that are not read: Model'],
    });
    expect(plainly({ log })).toEqual({ step: [10, 20], gsm8k: [0.5, 0.25], first: [NaN, NaN] });
    expect(log).toMatchObject({ measure: 'Value', higherIsBetter: true, tasks: ['gsm8k', 'first'] });
    expect([...log.standardErrors![0]]).toEqual([0.1, NaN]);
    expect([...log.counts![0]]).toEqual([25, 50]);
    expect([...log.trainingTask]).toEqual([1, -1]);
  });

  test('can be named by the user, who knows better', () => {
    const text = 'step,iteration,benchmark,k,acc\n7,1,a,0.5,0.1\n7,2,a,0.75,0.1\n';
    const { log, notes } = importText(text, { columns: { step: 'iteration', value: 'k' } });
    expect(plainly({ log })).toEqual({ step: [1, 2], a: [0.5, 0.75] });
    expect(notes).toEqual(['columns that are not read: step, acc']);
  });

  test('a standard error may be named after the value', () => {
    expect([...importText('step,task,acc,acc_stderr\n1,a,0.5,0.25\n').log.standardErrors![0]]).toEqual([0.25]);
  });

  test('a standard error of 0 tells nothing: it is unknown', () => {
    expect(importText('step,task,acc,stderr\n1,a,0.5,0\n').log.standardErrors).toBeUndefined();
  });

  test.each([
    [
      'unknown',
      'k,who,pct\n1,a,0.5\n',
      { format: 'tidy' },
      'no column is known to hold the step or the task or the value (columns: k, who, pct); name them with --columns step=<column>,task=<column>,value=<column>',
    ],
    [
      'named by the user and not there',
      'k,task,acc\n1,a,0.5\n',
      { columns: { step: 'x', task: 'task', value: 'acc' } },
      'has no column x for --columns step=… (columns: k, task, acc)',
    ],
    [
      'named twice',
      'k,task,acc\n1,a,0.5\n',
      { columns: { step: 'k', task: 'k', value: 'acc' } },
      '--columns names k twice',
    ],
    [
      'without a name, as pandas writes an index',
      ',step,task,acc\n0,1,a,0.5\n',
      {},
      'column 1 has no name; name it or remove it',
    ],
  ])('%s: an error says what to do', (_, text, options, message) => {
    expect(() => importText(text, options)).toThrow(message);
  });
});

describe('metrics', () => {
  const text = 'step,task,metric,value\n1,a,acc,0.5\n1,a,ppl,12.5\n2,a,acc,0.75\n2,a,ppl,11\n';
  test('of several one must be named', () => {
    expect(() => importText(text)).toThrow('has several metrics; name one with --metric (known: acc, ppl)');
    expect(() => importText(text, { metric: 'f1' })).toThrow('has no metric f1 (known: acc, ppl)');
    expect(plainly(importText(text, { metric: 'acc' }))).toEqual({ step: [1, 2], a: [0.5, 0.75] });
  });
  test('tell which values are better', () => {
    const { log, notes } = importText(text, { metric: 'ppl' });
    expect(log).toMatchObject({ measure: 'ppl', higherIsBetter: false });
    expect(notes).toEqual(['lower values of ppl are taken to be better, by its name; --better higher says otherwise']);
    expect(importText(text, { metric: 'ppl', better: 'higher' }).log.higherIsBetter).toBe(true);
  });
  test('the only one is taken', () => {
    expect(importText('step,task,metric,value\n1,a,f1,0.5\n').log.measure).toBe('f1');
  });
  test('without a column of them may name the column of values, or say what the values are', () => {
    const two = 'step,task,acc,f1\n1,a,0.5,0.75\n';
    expect(plainly(importText(two)).a).toEqual([0.5]);
    expect(plainly(importText(two, { metric: 'f1' })).a).toEqual([0.75]);
    expect(() => importText(two, { metric: 'em' })).toThrow(
      'has no metric em: values are in column "acc" (columns: step, task, acc, f1)',
    );
    expect(importText('step,task,value\n1,a,0.5\n', { metric: 'em' }).log.measure).toBe('em');
  });
});

describe('steps', () => {
  test('may be written as names with a number', () => {
    const { log, notes } = importText('checkpoint,task,acc\nstep-1000,a,0.5\nstep-500,a,0.25\n');
    expect(plainly({ log })).toEqual({ step: [500, 1000], a: [0.25, 0.5] });
    expect(notes).toEqual([
      'steps are the numbers in the names of column "checkpoint": step-1000 is 1000, step-500 is 500',
    ]);
    expect(plainly(importText('iteration,task,acc\nM2,a,0.5\nM10,a,0.75\nM1,a,0.25\n')).step).toEqual([1, 2, 10]);
  });
  test('that are other names are counted as they first come', () => {
    const { log, notes } = importText('stage,task,acc\nSFT,a,0.5\nM1,a,0.25\nSFT,b,0.75\n');
    expect(plainly({ log })).toEqual({ step: [0, 1], a: [0.5, 0.25], b: [0.75, NaN] });
    expect(notes).toEqual([
      'column "stage" holds names, not numbers: steps are counted from 0 in the order in which they first come: SFT, M1',
    ]);
  });
  test('two names with one number do not become one step', () => {
    expect(plainly(importText('stage,task,acc\nSFT 1,a,0.5\nRL 1,a,0.25\n')).step).toEqual([0, 1]);
  });
  test('below 0 are counted from the lowest', () => {
    const { log, notes } = importText('step,task,acc\n-1,a,0.5\n0,a,0.25\n');
    expect(plainly({ log }).step).toEqual([0, 1]);
    expect(notes).toEqual(['steps begin at -1 and are counted from there: 1 is added to all']);
  });
  test.each([
    ['a name below numbers', '1,a,0.5\nlast,a,0.25\n', 'row 3, column "step": "last" is not a finite number'],
    ['none', '1,a,0.5\n,a,0.25\n', 'row 3, column "step": the step is missing'],
    ['none in the first row', 'nan,a,0.5\n1,a,0.25\n', 'row 2, column "step": the step is missing'],
    ['an infinite one', '1e999,a,0.5\n', 'row 2, column "step": "1e999" is not a finite number'],
  ])('%s: refused', (_, rows, message) => {
    expect(() => importText(`step,task,acc\n${rows}`)).toThrow(message);
  });
});

describe('values', () => {
  test('in percent are divided by 100, with their standard errors, and that is said', () => {
    const { log, notes } = importText('step,task,acc,stderr\n0,a,25,2.5\n1,a,75,1\n');
    expect(plainly({ log }).a).toEqual([0.25, 0.75]);
    expect([...log.standardErrors![0]]).toEqual([0.025, 0.01]);
    expect(notes).toEqual([
      'values of acc up to 75 are taken for percentages and divided by 100; --unit fraction says otherwise',
    ]);
  });
  test('that are missing are not evaluated, never 0, and that is said', () => {
    const { log, notes } = importText('step,task,acc\n0,a,0.5\n0,b,\n1,a,NaN\n1,b,0.25\n');
    expect(plainly({ log })).toEqual({ step: [0, 1], a: [0.5, NaN], b: [NaN, 0.25] });
    expect(notes).toEqual(['2 rows have no number in column "acc" and count as not evaluated']);
  });
  test.each([
    [
      'two of one task at one step',
      '0,a,0.5,,\n0,a,0.25,,\n',
      'row 3: a has two values at step 0: 0.5 and 0.25; keep one of them, or write a file for each run',
    ],
    ['no task', '0,,0.5,,\n', 'row 2, column "task": the task is missing'],
    ['a standard error below 0', '0,a,0.5,-1,\n', 'row 2, column "stderr": -1 is below 0'],
    ['a count of 0', '0,a,0.5,,0\n', 'row 2, column "n": 0 is below 1'],
    ['none at all', '0,a,,,\n', 'holds no value of acc'],
    ['a word', '0,a,good,,\n', 'row 2, column "acc": "good" is not a finite number'],
  ])('%s: refused', (_, rows, message) => {
    expect(() => importText(`step,task,acc,stderr,n\n${rows}`)).toThrow(message);
  });
});

describe('JSON', () => {
  const row = (step: number, acc: number | null, more: object = {}): string =>
    JSON.stringify({ step, task: 'a', acc, ...more });
  test('lines and arrays hold the same; other keys are passed over, NaN as Python writes it is not evaluated', () => {
    const lines = [row(0, 0.5), row(1, null).replace('null', 'NaN'), row(2, 0.75, { more: { x: [1] } })];
    const values = { step: [0, 2], a: [0.5, 0.75] };
    expect(plainly(importText(`${lines.join('\n\n')}\n`, {}, 'log.jsonl'))).toEqual(values);
    expect(plainly(importText(`[\n${lines.join(',\n')}]`, {}, 'log.json'))).toEqual(values);
  });
  test('keys that only some lines have are read', () => {
    const text = `${row(0, 0.5)}\n${row(1, 0.75, { stderr: 0.1, training: 'b' })}\n`;
    const { log } = importText(text, {}, 'log.jsonl');
    expect([...log.standardErrors![0]]).toEqual([NaN, 0.1]);
    expect([...log.trainingTask]).toEqual([-1, 1]);
  });
  test('tasks and steps may be numbers or text', () => {
    expect(plainly(importText('{"step":"10","task":3,"acc":"0.5"}\n', {}, 'log.jsonl'))).toEqual({
      step: [10],
      3: [0.5],
    });
  });
  test('a last line that is cut off is left out, and that is said', () => {
    const { notes, log } = importText(`${row(0, 0.5)}\n${row(1, 0.75).slice(0, 20)}`, {}, 'log.jsonl');
    expect(log.steps).toHaveLength(1);
    expect(notes).toEqual(['row 2, the last, is cut short and was left out']);
  });
  test.each([
    [
      'a line cut off before others',
      `${row(0, 0.5).slice(0, 10)}\n${row(1, 0.5)}\n`,
      'row 1 is no JSON, or is cut off',
    ],
    ['a number for an object', `${row(0, 0.5)}\n5\n`, 'row 2: 5 is no object'],
    [
      'an object for a value',
      `${row(0, 0.5)}\n${row(1, 0.5).replace('0.5', '{"x":1}')}\n`,
      'row 2, column "acc": "{"x":1}" is not a finite number',
    ],
    ['a line without a step', `${row(0, 0.5)}\n{"task":"a","acc":1}\n`, 'row 2, column "step": the step is missing'],
  ])('%s: refused', (_, text, message) => {
    expect(() => importText(text, { format: 'tidy' }, 'log.jsonl')).toThrow(message);
  });
});

test('a log is the same in every form, and in any order of its rows', () => {
  const entry = fc.record({
    step: fc.nat(5),
    task: fc.constantFrom('a', 'b', 'c'),
    acc: fc.double({ min: 0, max: 1, noNaN: true }),
    n: fc.integer({ min: 1, max: 9 }),
  });
  const entries = fc.uniqueArray(entry, { minLength: 1, selector: ({ step, task }) => `${step} ${task}` });
  fc.assert(
    fc.property(entries, fc.nat(), (rows, seed) => {
      const shuffled = [...createRng(seed).permutation(rows.length)].map((i) => rows[i]);
      const delimited = (all: typeof rows, delimiter: string, quote = ''): string =>
        [['step', 'task', 'acc', 'n'], ...all.map(({ step, task, acc, n }) => [step, task, acc, n])]
          .map((cells) => `${cells.map((cell) => `${quote}${cell}${quote}`).join(delimiter)}\n`)
          .join('');
      const texts = [
        delimited(rows, ','),
        delimited(rows, '\t', '"'),
        `${rows.map((one) => JSON.stringify(one)).join('\n')}\n`,
        JSON.stringify(rows),
        delimited(shuffled, ';'),
      ];
      const [first, ...others] = texts.map((text) => importText(text, { unit: 'fraction' }).log);
      const facts = ({ tasks, steps, values, counts }: typeof first) =>
        tasks
          .flatMap((task, t) => Array.from(steps, (step, r) => [task, step, values[t][r], counts![t][r]]))
          .toSorted();
      for (const other of others) expect(facts(other)).toEqual(facts(first));
      for (const { step, task, acc } of rows) {
        const at = first.steps.indexOf(step);
        expect(first.values[first.tasks.indexOf(task)][at]).toBe(acc + 0);
      }
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['answers to single items', '{"step":0,"task":"a","doc_id":3,"score":1}\n'],
  ['OpenCompass', 'dataset,version,metric,mode,m-step100\ngsm8k,1d7fe4,accuracy,gen,65.62\n'],
  ['TensorBoard', 'Wall time,Step,Value\n1654943296.2,0,59.31\n'],
  ['Avalanche', 'eval_exp,training_exp,eval_accuracy,eval_loss,forgetting\n0,0,0.9,0.1,0\n'],
  ['lm-evaluation-harness', '{"results":{"arc":{"acc":0.5}},"step":1,"task":"a"}'],
  ['a table without a task', 'step,accuracy\n0,0.5\n'],
])('%s: not claimed', (_, text) => {
  expect(tidy.detects(openSource(fileOf(text)))).toBe(false);
});

test('odd content is no reason to throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(tidy.detects(openSource(fileOf(text)))).toBeTypeOf('boolean');
    }),
  );
  expect(() => importText('x', { format: 'tidy' })).toThrow('no column is known');
});

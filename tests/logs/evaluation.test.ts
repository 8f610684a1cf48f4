import { array, assert, constant, double, integer, oneof, property, record, uniqueArray, string } from 'fast-check';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/index.ts';
import { formatEvaluationHeader, formatEvaluationRow, readEvaluationLog } from '../../logs/index.ts';
import { fileOf } from './files.ts';

const header = 'step,training_task,a,b\n';

describe('readEvaluationLog', () => {
  it('reads columns, with NaN where a cell is empty', () => {
    const log = readEvaluationLog(fileOf(`${header}0,a,0.5,\n10,a,1,\n10,b,1,0\n11,b,2e-1,0.25\n`), 'accuracy');
    expect(log).toEqual({
      measure: 'accuracy',
      higherIsBetter: true,
      tasks: ['a', 'b'],
      steps: Float64Array.of(0, 10, 10, 11),
      trainingTask: Int32Array.of(0, 0, 1, 1),
      values: [Float64Array.of(0.5, 1, 1, 0.2), Float64Array.of(NaN, NaN, 0, 0.25)],
    });
  });
  it('reads a loss, which is better when lower and has no upper bound', () => {
    const log = readEvaluationLog(fileOf(`${header}0,a,2.5,Infinity\n`, 'loss.csv'), 'loss');
    expect(log).toMatchObject({ measure: 'loss', higherIsBetter: false });
    expect(log.values).toEqual([Float64Array.of(2.5), Float64Array.of(Infinity)]);
  });
  it('drops a last line that was still being written', () => {
    const log = readEvaluationLog(fileOf(`${header}0,a,0.5,\n1,a,0.7`), 'accuracy');
    expect(log.steps).toEqual(Float64Array.of(0));
    expect(log.values[0]).toEqual(Float64Array.of(0.5));
  });
  it('reads any prefix of a file as a prefix of the log', () => {
    const content = `${header}0,a,0.5,\n1,a,0.75,\n1,b,0.75,0\n2,b,0.25,0.5\n`;
    const whole = readEvaluationLog(fileOf(content), 'accuracy');
    const path = fileOf('');
    for (let length = header.length; length <= content.length; length++) {
      writeFileSync(path, content.slice(0, length));
      const { steps, values } = readEvaluationLog(path, 'accuracy');
      expect(steps).toEqual(whole.steps.slice(0, content.slice(0, length).split('\n').length - 2));
      expect(values[1]).toEqual(whole.values[1].slice(0, steps.length));
    }
  });
  it('reads Windows line ends', () => {
    const log = readEvaluationLog(fileOf(`${header}0,a,0.5,0.25\n`.replaceAll('\n', '\r\n')), 'accuracy');
    expect(log.tasks).toEqual(['a', 'b']);
    expect(log.values[1]).toEqual(Float64Array.of(0.25));
  });
  it('reads an empty training task as unknown', () => {
    expect(readEvaluationLog(fileOf(`${header}0,,0.5,0.5\n`), 'accuracy').trainingTask).toEqual(Int32Array.of(-1));
  });
  it('reads a header alone as a log without rows', () => {
    expect(readEvaluationLog(fileOf(header), 'accuracy')).toMatchObject({
      tasks: ['a', 'b'],
      steps: new Float64Array(),
    });
  });

  it.each([
    ['an empty file', '', 'is empty'],
    ['a torn header', 'step,training_task,a', 'is empty'],
    ['another header', 'epoch,training_task,a\n', 'row 1: the header must start with step,training_task'],
    ['a header without tasks', 'step,training_task\n', 'row 1: no task'],
    ['a column without a name', 'step,training_task,a,\n', 'row 1: column 4 has no name'],
    ['a duplicate column', 'step,training_task,a,a\n', 'row 1: column "a" stands there twice'],
    ['too few cells', `${header}0,a,0.5,\n1,a,0.5\n`, 'row 3: 3 cells instead of 4'],
    ['too many cells', `${header}0,a,0.5,,\n`, 'row 2: 5 cells instead of 4'],
    ['an empty line', `${header}\n0,a,0.5,\n`, 'row 2: 1 cell instead of 4'],
    ['a word for a number', `${header}0,a,0.5,\n1,a,high,\n`, 'row 3, column "a": "high" is not a number'],
    ['a NaN', `${header}0,a,0.5,NaN\n`, 'row 2, column "b": "NaN" is not a number'],
    ['a blank', `${header}0,a,0.5, \n`, 'row 2, column "b": " " is not a number'],
    ['a percentage', `${header}0,a,55.3,\n`, 'row 2, column "a": accuracy 55.3 is outside [0, 1]'],
    ['a negative accuracy', `${header}0,a,-0.1,\n`, 'row 2, column "a": accuracy -0.1 is outside [0, 1]'],
    ['a decreasing step', `${header}5,a,0.5,\n4,a,0.5,\n`, 'row 3, column "step": step 4 follows step 5'],
    ['a fractional step', `${header}0.5,a,0.5,\n`, 'row 2, column "step": "0.5" is not a step'],
    ['a missing step', `${header},a,0.5,\n`, 'row 2, column "step": "" is not a step'],
    ['a negative step', `${header}-1,a,0.5,\n`, 'row 2, column "step": "-1" is not a step'],
    ['an unknown task', `${header}0,c,0.5,\n`, 'row 2, column "training_task": unknown task: c (known: a, b)'],
  ])('refuses %s in one line that says where', (_, content, message) => {
    const path = fileOf(content);
    const read = () => readEvaluationLog(path, 'accuracy');
    expect(read).toThrow(UserError);
    expect(read).toThrow(message);
    expect(read).toThrow(path);
    expect(read).toThrow(/^[^\n]+$/);
  });
  it('refuses a missing file and a folder', () => {
    const path = fileOf(header);
    expect(() => readEvaluationLog(`${path}.gz`, 'accuracy')).toThrow(`${path}.gz does not exist`);
    expect(() => readEvaluationLog(`${path}/..`, 'accuracy')).toThrow(`cannot read ${path}/..`);
  });
});

describe('formatEvaluationHeader and formatEvaluationRow', () => {
  it('write the documented lines', () => {
    expect(formatEvaluationHeader(['0/1', '2/3'])).toBe('step,training_task,0/1,2/3\n');
    expect(formatEvaluationRow(10, '0/1', [0.1 + 0.2, NaN])).toBe('10,0/1,0.30000000000000004,\n');
  });
  it.each(['a,b', 'a"', 'a\nb', 'a\r', ''])('refuse the task name %j', (name) => {
    expect(() => formatEvaluationHeader([name])).toThrow(UserError);
  });
  it('refuse a name that is taken', () => {
    expect(() => formatEvaluationHeader(['a', 'a'])).toThrow('the task name "a" is taken');
    expect(() => formatEvaluationHeader(['step'])).toThrow('the task name "step" is taken');
  });
  it('are read back bit for bit', () => {
    const path = fileOf('');
    const names = uniqueArray(string({ minLength: 1, maxLength: 8, unit: 'grapheme' }), { minLength: 1, maxLength: 4 });
    const usable = names.filter((tasks) => tasks.every((name) => !/[,"\r\n]/.test(name) && name !== 'step'));
    const logs = usable.chain((tasks) =>
      record({
        tasks: constant(tasks),
        rows: array(
          record({
            updates: integer({ min: 0, max: 1e6 }),
            task: integer({ min: 0, max: tasks.length - 1 }),
            values: array(oneof(constant(NaN), double({ noNaN: true })), {
              minLength: tasks.length,
              maxLength: tasks.length,
            }),
          }),
          { maxLength: 20 },
        ),
      }),
    );
    assert(
      property(logs, ({ tasks, rows }) => {
        let step = 0;
        const steps = rows.map(({ updates }) => (step += updates));
        const lines = rows.map(({ task, values }, r) => formatEvaluationRow(steps[r], tasks[task], values));
        writeFileSync(path, formatEvaluationHeader(tasks) + lines.join(''));
        const log = readEvaluationLog(path, 'loss');
        expect(log.tasks).toEqual(tasks);
        expect([...log.steps]).toEqual(steps);
        expect([...log.trainingTask]).toEqual(rows.map(({ task }) => task));
        // -0 is written as 0.
        const written = tasks.map((_, t) => rows.map(({ values }) => values[t] + 0));
        expect(log.values.map((values) => [...values])).toEqual(written);
      }),
    );
  });
});

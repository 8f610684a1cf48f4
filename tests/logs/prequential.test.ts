import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/index.ts';
import { readPrequential, readRun } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { fileOf, recordOf, runFiles, writeFiles } from './files.ts';

const header = 'step,training_task,rows,accuracy,loss\n';

describe('readPrequential', () => {
  it('reads a row a batch and drops a torn last line', () => {
    const path = fileOf(`${header}0,b,10,0.5,0.7\n1,b,4,0.25,\n2,a,10,1,Infinity\n3,a,1`, 'prequential.csv');
    expect(readPrequential(path)).toEqual({
      steps: Float64Array.of(0, 1, 2),
      tasks: ['b', 'a'],
      trainingTask: Int32Array.of(0, 0, 1),
      counts: Float64Array.of(10, 4, 10),
      accuracy: Float64Array.of(0.5, 0.25, 1),
      loss: Float64Array.of(0.7, NaN, Infinity),
    });
  });
  it.each([
    ['a ragged row', '0,a,1,1\n', 'row 2: 4 cells instead of 5'],
    ['a decreasing step', '2,a,1,1,0\n1,a,1,1,0\n', 'row 3, column "step": step 1 follows step 2'],
    ['a batch of no rows', '0,a,0,1,0\n', 'row 2, column "rows": "0" is not a number of samples'],
    ['half a row', '0,a,1.5,1,0\n', 'row 2, column "rows": "1.5" is not a number of samples'],
    ['a missing number of rows', '0,a,,1,0\n', 'row 2, column "rows": "" is not a number of samples'],
    ['an accuracy in percent', '0,a,1,50,0\n', 'row 2, column "accuracy": accuracy 50 is outside [0, 1]'],
    ['a missing accuracy', '0,a,1,,0\n', 'row 2, column "accuracy": the cell is empty'],
    ['a word for a loss', '0,a,1,1,low\n', 'row 2, column "loss": "low" is not a number'],
  ])('refuses %s and says where', (_, rows, message) => {
    const path = fileOf(header + rows, 'prequential.csv');
    expect(() => readPrequential(path)).toThrow(UserError);
    expect(() => readPrequential(path)).toThrow(`${path}, ${message}`);
  });
  it('refuses another header', () => {
    const steps = fileOf('step,training_task,loss\n', 'prequential.csv');
    expect(() => readPrequential(steps)).toThrow('column 3 is "loss"');
    const further = fileOf(`${header.trimEnd()},speed\n`, 'prequential.csv');
    expect(() => readPrequential(further)).toThrow(/row 1: unknown column: speed \(known: step, .*loss\)$/);
  });
});

describe('readRun', () => {
  const record = recordOf('er', 1);
  const asked = { ...record, evaluation: { ...record.evaluation, prequential: true as const } };
  const folderOf = (files: Record<string, string>): string => {
    const folder = temporaryFolder();
    writeFiles(folder, { ...runFiles(asked), ...files });
    return folder;
  };
  it('reads the table of a run that was asked for it, and of no other', () => {
    const folder = folderOf({ 'prequential.csv': `${header}0,a,10,0.5,0.7\n1,b,10,0,3\n` });
    expect(readRun(folder).prequential).toMatchObject({ tasks: ['a', 'b'], accuracy: Float64Array.of(0.5, 0) });
    writeFiles(folder, { 'run.json': JSON.stringify(record) });
    expect(readRun(folder).prequential).toBeUndefined();
  });
  it('says that it is missing, or of another run', () => {
    expect(() => readRun(folderOf({}))).toThrow(/prequential\.csv does not exist; check the path$/);
    const other = folderOf({ 'prequential.csv': `${header}0,a,10,0.5,0.7\n1,c,10,0,3\n` });
    expect(() => readRun(other)).toThrow(UserError);
    expect(() => readRun(other)).toThrow('unknown task: c (run.json says: a, b); the files are of different runs');
  });
});

import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/index.ts';
import { readSteps } from '../../logs/index.ts';
import { fileOf } from './files.ts';

describe('readSteps', () => {
  it('reads columns by name, with NaN where a cell is empty, and drops a torn last line', () => {
    const path = fileOf('step,training_task,loss,cosine\n1,b,2.5,\n2,b,2,-0.5\n3,a,Infinity,1\n4,a,0.', 'steps.csv');
    const { steps, tasks, trainingTask, values } = readSteps(path);
    expect([steps, tasks, trainingTask]).toEqual([Float64Array.of(1, 2, 3), ['b', 'a'], Int32Array.of(0, 0, 1)]);
    expect([...values]).toEqual([
      ['loss', Float64Array.of(2.5, 2, Infinity)],
      ['cosine', Float64Array.of(NaN, -0.5, 1)],
    ]);
  });
  it.each([
    ['a ragged row', '1,a\n', 'row 2: 2 cells instead of 3'],
    ['a word for a number', '1,a,x\n', 'row 2, column "loss": "x" is not a number'],
    ['a decreasing step', '2,a,1\n1,a,1\n', 'row 3, column "step": step 1 follows step 2'],
  ])('refuses %s and says where', (_, rows, message) => {
    const path = fileOf(`step,training_task,loss\n${rows}`, 'steps.csv');
    expect(() => readSteps(path)).toThrow(UserError);
    expect(() => readSteps(path)).toThrow(`${path}, ${message}`);
  });
});

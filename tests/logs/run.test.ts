import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/index.ts';
import { readRun, readRunRecord, type RunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { recordOf, runFiles, writeFiles } from './files.ts';

function runFolder(changes: Record<string, string> = {}): string {
  const folder = temporaryFolder();
  writeFiles(folder, { ...runFiles(recordOf('er', 1)), ...changes });
  return folder;
}

describe('readRun', () => {
  it('reads the record, both logs and the matrix', () => {
    const path = runFolder();
    const run = readRun(path);
    expect(run).toMatchObject({ path, record: recordOf('er', 1) });
    expect(run.accuracy).toMatchObject({ measure: 'accuracy', steps: Float64Array.of(0, 1, 1, 2) });
    expect(run.loss).toMatchObject({ measure: 'loss', higherIsBetter: false });
    expect(run.matrix).toMatchObject({ initial: [0.5, 0.25] });
  });
  it.each(['run.json', 'accuracy.csv', 'loss.csv', 'matrix.csv'])('says that %s is missing', (file) => {
    const path = runFolder();
    rmSync(join(path, file));
    expect(() => readRun(path)).toThrow(UserError);
    expect(() => readRun(path)).toThrow(`${join(path, file)} does not exist`);
  });
  it('names the file and the key of a record that does not fit', () => {
    const path = runFolder({ 'run.json': JSON.stringify({ ...recordOf('er', 1), seed: 'one' }) });
    expect(() => readRun(path)).toThrow(UserError);
    expect(() => readRun(path)).toThrow(`${join(path, 'run.json')}: seed: `);
  });
  it('takes a rhythm of evaluation in updates, or adaptive, and no other', () => {
    const record = recordOf('er', 1);
    const every = (value: unknown) => ({
      'run.json': JSON.stringify({ ...record, evaluation: { ...record.evaluation, every: value } }),
    });
    expect(readRun(runFolder(every('adaptive'))).record.evaluation.every).toBe('adaptive');
    expect(() => readRun(runFolder(every('often')))).toThrow(/run\.json: evaluation\.every: .*\S$/);
  });
  it('names a key that the record does not know', () => {
    const path = runFolder({ 'run.json': JSON.stringify({ ...recordOf('er', 1), speed: 1 }) });
    expect(() => readRun(path)).toThrow(/run\.json: unknown option: speed/);
  });
  it('says that a record is cut short', () => {
    const path = runFolder({ 'run.json': JSON.stringify(recordOf('er', 1), null, 2).slice(0, 100) });
    expect(() => readRun(path)).toThrow(UserError);
    expect(() => readRun(path)).toThrow(`cannot read ${join(path, 'run.json')}`);
    expect(() => readRun(path)).toThrow(/^[^\n]+$/);
  });
  it('refuses files that disagree about the tasks', () => {
    const path = runFolder({ 'loss.csv': 'step,training_task,a,c\n' });
    expect(() => readRun(path)).toThrow(`${join(path, 'loss.csv')}, row 1: the tasks are a, c, but run.json says a, b`);
  });

  const measured = (changes: Partial<RunRecord> = {}): Record<string, string> => {
    const record = { ...recordOf('er', 1), ...changes };
    return { 'run.json': JSON.stringify({ ...record, evaluation: { ...record.evaluation, gradients: true } }) };
  };
  const header = 'step,training_task,loss,plasticity_norm,stability_norm,gradient_cosine';

  it('reads both sides of the gradients of a complete run that measured them', () => {
    const steps = `${header}\n1,a,0.7,2,,\n2,b,2.5,3,0,\n3,b,2,4,0.5,-1\n`;
    expect(readRun(runFolder({ ...measured(), 'steps.csv': steps })).gradients).toEqual({
      steps: Float64Array.of(1, 2, 3),
      plasticity: Float64Array.of(2, 3, 4),
      stability: Float64Array.of(NaN, 0, 0.5),
      cosine: Float64Array.of(NaN, NaN, -1),
    });
    expect(readRun(runFolder())).not.toHaveProperty('gradients');
    // A run that was stopped early may have no steps yet.
    expect(readRun(runFolder({ ...measured({ status: 'interrupted' }), 'steps.csv': '' }))).not.toHaveProperty(
      'gradients',
    );
  });
  it('names a column of gradients that is missing', () => {
    const path = runFolder({ ...measured(), 'steps.csv': header.replace(',stability_norm', '').concat('\n') });
    expect(() => readRun(path)).toThrow(UserError);
    expect(() => readRun(path)).toThrow(`${join(path, 'steps.csv')}, row 1: column "stability_norm" is missing`);
  });
});

describe('readRunRecord', () => {
  it('reads the record of a run that has nothing else yet', () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'run.json': JSON.stringify(recordOf('er', 1)) });
    expect(readRunRecord(folder)).toEqual(recordOf('er', 1));
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import { openSource } from '../../../logs/importers/shared/source.ts';
import { stabgap } from '../../../logs/importers/stabgap.ts';
import { readRun } from '../../../logs/index.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { fileOf, recordOf, runFiles, writeFiles } from '../files.ts';
import { importOne, importText, plainly } from './reading.ts';

function runFolder(changes: Readonly<Record<string, string>> = {}, record = recordOf('er', 1)): string {
  const folder = temporaryFolder();
  writeFiles(folder, { ...runFiles(record), ...changes });
  return folder;
}

describe('a run', () => {
  test('is its accuracy and its matrix, under the name in its record', () => {
    const folder = runFolder();
    const { log, matrix, ...rest } = importOne(folder);
    const run = readRun(folder);
    expect(rest).toEqual({ path: folder, name: 'er-seed1', format: 'stabgap', lifetime: null, items: null, samples: null, notes: [] }); // prettier-ignore
    expect(matrix).toEqual(run.matrix);
    expect(log).toMatchObject(run.accuracy);
  });

  test('tells the number of items behind each accuracy: the evaluated subset, not the test set', () => {
    const record = recordOf('er', 1);
    const [a, b] = record.stream.tasks;
    const tasks = [{ ...a, evaluated: 20 }, { ...b, evaluated: 40 }]; // prettier-ignore
    const { log } = importOne(runFolder({}, { ...record, stream: { ...record.stream, tasks } }));
    // Nothing was counted where nothing was evaluated.
    expect(log!.counts!.map((own) => [...own])).toEqual([[20, 20, 20, 20], [NaN, NaN, 40, 40]]); // prettier-ignore
  });

  test('has losses as well', () => {
    const { log } = importOne(runFolder(), { metric: 'loss' });
    expect(log).toMatchObject({ measure: 'loss', higherIsBetter: false });
    expect([...log!.values[0]]).toEqual([0.7, 0.1, 0.1, 1.5]);
    expect(() => importOne(runFolder(), { metric: 'f1' })).toThrow('has no metric f1 (known: accuracy, loss)');
  });

  test('that goes on is read as far as it is, and that is said', () => {
    const cut = 'step,training_task,a,b\n0,a,0.5,\n1,a,0.7';
    const { log, matrix, notes } = importOne(
      runFolder({ 'accuracy.csv': cut, 'matrix.csv': 'trained,a,b\n' }, { ...recordOf('er', 1), status: 'running' }),
    );
    expect(plainly({ log: log! })).toEqual({ step: [0], a: [0.5], b: [NaN] });
    expect(matrix).toBeNull();
    expect(notes).toEqual([
      'er-seed1 is running: what it has so far is read',
      'accuracy.csv: the last line is cut short and was left out',
    ]);
  });

  test('that is broken is refused with file, row and column', () => {
    const folder = runFolder({ 'accuracy.csv': 'step,training_task,a,b\n0,a,50,\n' });
    expect(() => importLogs(folder)).toThrow(
      `${join(folder, 'accuracy.csv')}, row 2, column "a": accuracy 50 is outside [0, 1]`,
    );
  });
});

describe('an experiment', () => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'experiment.json': JSON.stringify({ name: 'x', methods: [{ label: 'sgd' }, { label: 'er' }] }),
  });
  for (const record of [recordOf('er', 2), recordOf('er', 1), recordOf('sgd', 1)])
    writeFiles(join(folder, record.run), runFiles(record));
  writeFiles(folder, { 'er-seed3/accuracy.csv': 'step,training_task,a\n' });

  test('is its runs by method and seed, each under the label and the seed', () => {
    const found = importLogs(folder);
    expect(found.map(({ name, path, format }) => [name, path, format])).toEqual([
      ['sgd, seed 1', join(folder, 'sgd-seed1'), 'stabgap'],
      ['er, seed 1', join(folder, 'er-seed1'), 'stabgap'],
      ['er, seed 2', join(folder, 'er-seed2'), 'stabgap'],
    ]);
  });

  test('names a run that cannot be read', () => {
    const notes = importLogs(folder).flatMap((one) => one.notes);
    expect(notes).toEqual([`left out: ${join(folder, 'er-seed3', 'run.json')} does not exist; check the path`]);
  });
});

describe('accuracy.csv alone', () => {
  test('is the log that our reader reads', () => {
    const { log, notes, name, format } = importText(runFiles(recordOf('er', 1))['accuracy.csv'], {}, 'accuracy.csv');
    expect({ name, format, notes }).toEqual({ name: 'accuracy', format: 'stabgap', notes: [] });
    expect(plainly({ log })).toEqual({ step: [0, 1, 1, 2], a: [0.5, 0.75, 0.75, 0.5], b: [NaN, NaN, 0, 1] });
    expect([...log.trainingTask]).toEqual([0, 0, 1, 1]);
    expect(log.counts).toBeUndefined();
  });
  test('may be cut short, and that is said', () => {
    expect(importText('step,training_task,a\n0,a,0.5\n1,a,0.', {}, 'accuracy.csv').notes).toEqual([
      'accuracy.csv: the last line is cut short and was left out',
    ]);
  });
  test('without a row is refused', () => {
    expect(() => importText('step,training_task,a\n')).toThrow('holds no evaluation');
  });
  test('of losses is known by the name of the file', () => {
    const { log } = importText('step,training_task,a\n0,a,2.5\n', {}, 'loss.csv');
    expect(log).toMatchObject({ measure: 'loss', higherIsBetter: false });
  });
  test('in percent is a wide table instead', () => {
    const { log, format } = importText('step,training_task,a,b\n1,b,50,75\n0,a,25,12.5\n');
    expect(format).toBe('wide');
    expect(plainly({ log })).toEqual({ step: [0, 1], a: [0.25, 0.5], b: [0.125, 0.75] });
  });
});

test('folders and files of others are not claimed', () => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'other/run.json': '{"id": 5}',
    'again/experiment.json': '{"experiment_id": 0}',
    'none/x.csv': 'a',
  });
  for (const name of ['other', 'again', 'none']) expect(stabgap.detects(openSource(join(folder, name)))).toBe(false);
  for (const text of ['step,a,b\n0,0.5,0.5\n', 'step,training_task,loss\n1,a,0.5\n', 'step,training_task\n', ''])
    expect(stabgap.detects(openSource(fileOf(text)))).toBe(false);
});

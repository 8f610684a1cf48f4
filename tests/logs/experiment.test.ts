import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/index.ts';
import { readExperiment, type RunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { recordOf, runFiles, writeFiles } from './files.ts';

function experimentFolder(configuration: unknown, records: readonly RunRecord[]): string {
  const folder = temporaryFolder();
  writeFiles(folder, { 'experiment.json': JSON.stringify(configuration) });
  for (const record of records) writeFiles(join(folder, record.run), runFiles(record));
  return folder;
}

const names = (folder: string): string[] => readExperiment(folder).runs.map((run) => run.record.run);

describe('readExperiment', () => {
  it('sorts the runs by the order of the methods, then by seed', () => {
    const records = [
      recordOf('er', 10),
      recordOf('er', 9),
      recordOf('ewc', 1),
      recordOf('agem', 1),
      recordOf('sgd', 1),
    ];
    const methods = [{ label: 'sgd', name: 'finetune' }, { label: 'er' }];
    expect(names(experimentFolder({ methods }, records))).toEqual([
      'sgd-seed1',
      'er-seed9',
      'er-seed10',
      'agem-seed1',
      'ewc-seed1',
    ]);
  });
  it('sorts by label where the configuration lists no methods', () => {
    expect(names(experimentFolder({}, [recordOf('er', 1), recordOf('agem', 2)]))).toEqual(['agem-seed2', 'er-seed1']);
  });
  it('takes its name from the configuration, or else from the folder', () => {
    const named = experimentFolder({ name: 'demo', seeds: [1] }, [recordOf('er', 1)]);
    expect(readExperiment(named)).toMatchObject({
      path: named,
      name: 'demo',
      configuration: { name: 'demo', seeds: [1] },
    });
    const folder = temporaryFolder();
    writeFiles(join(folder, 'mine'), { 'experiment.json': '{}' });
    writeFiles(join(folder, 'mine/er-seed1'), runFiles(recordOf('er', 1)));
    expect(readExperiment(join(folder, 'mine/')).name).toBe('mine');
  });
  it('names the run folders that it cannot read, and reads the others', () => {
    const folder = experimentFolder({}, [recordOf('er', 1)]);
    writeFiles(folder, { 'er-seed2/run.json': '{}', 'er-seed3/accuracy.csv': 'step,training_task,a\n' });
    const { runs, problems } = readExperiment(folder);
    expect(runs).toHaveLength(1);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain(`${join(folder, 'er-seed2', 'run.json')}: format`);
    expect(problems[1]).toContain(`${join(folder, 'er-seed3', 'run.json')} does not exist`);
  });
  it('ignores files and folders that hold no run', () => {
    const folder = experimentFolder({}, [recordOf('er', 1)]);
    writeFiles(folder, { 'report.html': '', 'figures/curves.svg': '' });
    expect(readExperiment(folder)).toMatchObject({ problems: [] });
  });
  it('counts a copied run once', () => {
    const folder = experimentFolder({}, [recordOf('er', 1)]);
    writeFiles(join(folder, 'er-seed1 copy'), runFiles(recordOf('er', 1)));
    const { runs, problems } = readExperiment(folder);
    expect(runs).toHaveLength(1);
    expect(problems).toEqual([expect.stringContaining('(er, seed 1); remove one of them')]);
  });
  it('keeps two runs of one seed with other settings', () => {
    const other = { ...recordOf('er', 1), run: 'er-again', training: { batch: 20 } };
    expect(readExperiment(experimentFolder({}, [recordOf('er', 1), other]))).toMatchObject({
      runs: [{}, {}],
      problems: [],
    });
  });
  it('refuses a folder without experiment.json', () => {
    const folder = temporaryFolder();
    expect(() => readExperiment(folder)).toThrow(UserError);
    expect(() => readExperiment(folder)).toThrow(`${folder} is not an experiment`);
  });
  it('refuses an experiment without a readable run', () => {
    const folder = experimentFolder({}, []);
    expect(() => readExperiment(folder)).toThrow(`${folder} holds no readable run: it holds no run folder`);
    writeFiles(folder, { 'er-seed1/run.json': '{' });
    expect(() => readExperiment(folder)).toThrow(/holds no readable run: cannot read .*run\.json/);
    expect(() => readExperiment(folder)).toThrow(UserError);
  });
});

import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import type { RunOutcome } from '../../harness/index.ts';
import { readRunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce, small } from './helpers.ts';

// The build, since a method is registered where it is imported, and worker processes are of the build.
const { claimFolder, loadImports, resolveExperiment, runExperiment } = (await import(
  join(packageRoot, 'dist', 'harness', 'index.js')
)) as typeof import('../../harness/index.ts');

const told = ({ plan, record, error, mendable }: RunOutcome) => [plan.name, record?.status ?? null, error, mendable];

test('a method that throws and a process that dies are recorded with their reasons and do not stop the other runs', async () => {
  const folder = temporaryFolder();
  const imports = [join(import.meta.dirname, 'badMethods.mjs')];
  await loadImports(imports);
  const options = { ...small, tasks: 2, imports, methods: ['throwing', 'finetune', 'dying', 'er'] };
  const experiment = resolveExperiment(options);
  claimFolder(folder, experiment);
  const outcomes = await runExperiment(experiment, { folder, jobs: 1 });
  expect(outcomes.map(told)).toEqual([
    ['throwing-seed1', 'failed', null, false],
    ['finetune-seed1', 'complete', null, false],
    ['dying-seed1', null, 'its process ended with SIGKILL', false],
    ['er-seed1', 'complete', null, false],
  ]);
  expect(readRunRecord(join(folder, 'throwing-seed1')).reason).toBe('this method has had enough');
  expect(readRunRecord(join(folder, 'dying-seed1'))).toMatchObject({
    status: 'failed',
    reason: 'its process ended with SIGKILL',
  });
});

test('runs in processes give the same bytes as a run in this one, and complete ones are kept', async () => {
  const folder = temporaryFolder();
  const experiment = resolveExperiment({ ...small, tasks: 2 });
  claimFolder(folder, experiment);
  expect((await runExperiment(experiment, { folder, jobs: 2 })).map(told)).toEqual([
    ['er-seed1', 'complete', null, false],
  ]);
  const { folder: alone } = await runOnce({ tasks: 2 });
  expect(readTables(join(folder, 'er-seed1'))).toEqual(readTables(alone));
  const kept: string[] = [];
  const again = await runExperiment(experiment, {
    folder,
    jobs: 2,
    onKept: (plans) => kept.push(...plans.map(({ name }) => name)),
  });
  expect([again, kept]).toEqual([[], ['er-seed1']]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is an error that the user can mend', async () => {
  const folder = temporaryFolder();
  const experiment = resolveExperiment({ ...small, tasks: 2 });
  claimFolder(folder, experiment);
  mkdirSync(join(folder, 'er-seed1'));
  symlinkSync('/dev/full', join(folder, 'er-seed1', 'accuracy.csv'));
  const [outcome] = await runExperiment(experiment, { folder, jobs: 1 });
  const reason = `${folder}/er-seed1/accuracy.csv: the disk is full; free some space, then go on with stabgap resume`;
  expect(told(outcome)).toEqual(['er-seed1', null, reason, true]);
});

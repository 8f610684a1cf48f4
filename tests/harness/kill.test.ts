import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRng, packageRoot } from '../../base/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce, small } from './helpers.ts';

const options = {
  ...small,
  methods: ['der++'],
  momentum: 0.9,
  batch: 16,
  epochs: 2,
  evaluateEvery: 'adaptive' as const,
  prequential: true,
};

/** Runs the experiment in a process of its own; kills it `delay` ms after its first update. True if it finished before that. */
function runAndKill(folder: string, delay: number): Promise<boolean> {
  const child = fork(join(import.meta.dirname, 'runInProcess.mjs'), [JSON.stringify(options), folder], {
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('message', () => setTimeout(() => child.kill('SIGKILL'), delay));
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`the run ended with exit code ${code}`));
    });
  });
}

test('kill -9 at 20 random instants, then resume: the files are byte-identical to those of a run never killed', async () => {
  expect(existsSync(join(packageRoot, 'dist', 'harness', 'index.js')), 'run npm run build first').toBe(true);
  const whole = await runOnce(options);
  const folder = temporaryFolder();
  const rng = createRng('instants');
  let kills = 0;
  while (kills < 20 && !(await runAndKill(folder, rng.integer(30)))) kills++;
  expect(kills, 'the run finished before it was killed 20 times').toBe(20);
  expect(await runAndKill(folder, 1e6)).toBe(true);
  expect(readTables(join(folder, 'der++-seed1'))).toEqual(readTables(whole.folder));
  const [killed, never] = [join(folder, 'der++-seed1'), whole.folder].map((path) =>
    readFileSync(join(path, 'prequential.csv'), 'utf8'),
  );
  expect(killed).toBe(never);
}, 240_000);

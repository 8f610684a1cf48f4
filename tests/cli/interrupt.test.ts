import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../cli/summary.ts';
import { readRunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, stabgap, start, tiny } from './stabgap.ts';

const run = ['run', ...tiny, '--epochs', '30', '--methods', 'der++', '--out', 'x', '--no-report', '--json'];
const name = 'x/der++-seed1';

/** Starts the run and sends it a signal once it trains. */
async function interruptIt(folder: string, signal: NodeJS.Signals) {
  const { child, ended } = start(run, folder);
  // Rows are written out for the first time after some updates.
  while (!existsSync(join(folder, name, 'steps.csv')) && child.exitCode === null) await sleep(10);
  await sleep(200);
  child.kill(signal);
  return ended;
}

describe.concurrent('an interrupted run', () => {
  test('SIGINT leaves a run that resume completes to the same bytes', async () => {
    const folder = temporaryFolder();
    const other = temporaryFolder();
    const [stopped, whole] = await Promise.all([interruptIt(folder, 'SIGINT'), stabgap(run, other)]);
    expect(whole.code).toBe(0);
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('0 of 1 runs are complete; go on with: stabgap resume x\n');
    expect((JSON.parse(stopped.stdout) as Summary).runs).toMatchObject([{ status: 'interrupted', metrics: null }]);

    const { cost } = readRunRecord(join(folder, name));
    const { cost: all } = readRunRecord(join(other, name));
    expect(cost!.updates).toBeGreaterThan(0);
    expect(cost!.updates).toBeLessThan(all!.updates);

    const resumed = await stabgap(['resume', 'x', '--no-report', '--json'], folder);
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toEqual(JSON.parse(whole.stdout));
    expect(readTables(join(folder, name))).toEqual(readTables(join(other, name)));
  });

  test('SIGTERM does the same, with exit code 143', async () => {
    const folder = temporaryFolder();
    expect((await interruptIt(folder, 'SIGTERM')).code).toBe(143);
    expect(readRunRecord(join(folder, name)).status).toBe('interrupted');
  });
});

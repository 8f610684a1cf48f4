import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporaryFolder.ts';
import { stabgap, start } from './stabgap.ts';

const cwd = temporaryFolder();
const log = join(cwd, 'log.csv');
const header = 'step,training_task,a,b\n';
const watch = ['watch', 'log.csv', '--items', '1000', '--state', 'state.json'];

test('watch follows a log through a half-written line, a rotation and a restart, and tells each event once', async () => {
  writeFileSync(log, `${header}0,a,0.1,\n100,a,0.9,\n`);
  const { child, ended } = start([...watch, '--interval', '0.1'], cwd);
  let told = '';
  child.stdout!.on('data', (data: Buffer) => (told += data.toString()));
  const until = async (text: string): Promise<void> => {
    for (let i = 0; i < 300 && !told.includes(text); i++) await pause(100);
    expect(told).toContain(text);
  };
  // The value of b is not there yet, so that the row is none.
  appendFileSync(log, '200,b,0.5,0.');
  await pause(1000);
  expect(told).toBe('');
  appendFileSync(log, '6\n');
  await until('log: a fell from 0.9 to 0.5 at step 200 (19.5 standard errors)\n');
  appendFileSync(log, '300,b,0.89,0.8\n');
  await until('log: a is back at step 300: a stability gap\n');
  renameSync(log, `${log}.1`);
  await pause(500);
  writeFileSync(
    log,
    `${header}400,b,0.9,0.9\n500,c,0.9,0.3\n`.replace('a,b', 'a,b,c').replaceAll(/(0\.\d)\n/g, '$1,\n'),
  );
  // b was learnt in rows that are gone from the file.
  await until('log: b fell from 0.9 to 0.3 at step 500');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(130);
  expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(stderr).toBe('waiting: log.csv does not exist; check the path\n');
  const again = await stabgap([...watch, '--once'], cwd);
  expect(again).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('watch ends by itself when nothing has changed for a while, and tells again what it is told to forget', async () => {
  writeFileSync(join(cwd, 'done.csv'), `${header}0,a,0.9,\n100,b,0.5,0.9\n`);
  const args = ['watch', 'done.csv', '--items', '1000', '--state', 'done.json', '--interval', '0.1', '--idle', '0.3'];
  const first = await stabgap(args, cwd);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^done: a fell from 0\.9 to 0\.5 at step 100 .*\n$/);
  expect((await stabgap(args, cwd)).stdout).toBe('');
  expect((await stabgap([...args, '--forget'], cwd)).stdout).toBe(first.stdout);
});

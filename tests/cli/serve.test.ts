import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { growing } from '../reports/live/growing.ts';
import { stabgap, start, type Started } from './stabgap.ts';

/** The first line of standard output. */
async function firstLine({ child, ended }: Started): Promise<string> {
  let text = '';
  child.stdout!.on('data', (data: Buffer) => (text += data.toString()));
  for (let i = 0; i < 300 && !text.includes('\n'); i++) await pause(100);
  if (!text.includes('\n')) throw new Error(`it printed nothing: ${JSON.stringify(await ended)}`);
  return text.split('\n')[0];
}

/** All files below a folder with their content and time. */
function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .map((name) => [name, join(folder, name)] as const)
      .filter(([, path]) => statSync(path).isFile())
      .map(([name, path]) => [name, `${statSync(path).mtimeMs} ${readFileSync(path, 'utf8')}`]),
  );
}

describe.concurrent('serve', () => {
  test('prints its address, answers there, changes nothing, and ends with 130 at Ctrl-C while pages listen', async () => {
    const { folder, begin, grow } = growing();
    begin('er-seed1');
    grow('er-seed1', 10);
    const before = filesIn(folder);
    const started = start(['serve', folder], folder);
    const url = await firstLine(started);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(url)).text()).toContain('<title>made-up — stabgap</title>');
    const stream = (await fetch(`${url}events`)).body!.getReader();
    let told = '';
    while (!told.includes('"from":0,"steps":[0,1,2,3,4,5,6,7,8]'))
      told += new TextDecoder().decode((await stream.read()).value);
    const busy = await stabgap(['serve', '.', '--port', new URL(url).port], folder);
    expect(busy).toEqual({
      code: 2,
      stdout: '',
      stderr: `stabgap: --port: ${new URL(url).port} is in use; choose another, or 0 for one that is free\n`,
    });
    started.child.kill('SIGINT');
    const { code, stdout, stderr } = await started.ended;
    expect({ code, stdout, stderr }).toEqual({
      code: 130,
      stdout: `${url}\n`,
      stderr: `follows ${folder} until Ctrl-C\n`,
    });
    expect(filesIn(folder)).toEqual(before);
  });

  test('--json prints the address for a program; SIGTERM ends with 143', async () => {
    const { folder } = growing();
    const started = start(['serve', folder, '--json', '--open', 'no'], folder);
    const { url } = JSON.parse(await firstLine(started)) as { url: string };
    expect((await fetch(url)).status).toBe(200);
    started.child.kill('SIGTERM');
    expect((await started.ended).code).toBe(143);
  });

  test.each([
    [
      ['serve', 'no'],
      'no is no folder; name that of a run, of an experiment, or one in which experiments are or will be',
    ],
    [['serve', '.', '--port', '65536'], '--port: must be a whole number from 0 to 65535, not 65536'],
    [['serve', '.', '--port', 'http'], '--port: must be a whole number from 0 to 65535, not http'],
  ])('%j is a mistake that is told', async (args, problem) => {
    const { folder } = growing();
    expect(await stabgap(args, folder)).toEqual({ code: 2, stdout: '', stderr: `stabgap: ${problem}\n` });
  });
});

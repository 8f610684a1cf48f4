import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { stabgap } from './stabgap.ts';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

test('the method of one’s own in README.md runs as it stands', async () => {
  // Inside the package, where `stabgap/methods` is the package itself.
  mkdirSync(join(packageRoot, 'runs'), { recursive: true });
  const folder = mkdtempSync(join(packageRoot, 'runs', 'readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'my-method.js'), readme.split('```js\n')[1].split('```')[0]);
  const { code, stdout, stderr } = await stabgap(
    [
      'run',
      '--import',
      './my-method.js',
      '--methods',
      'mine,finetune',
      '--tasks',
      '2',
      '--hidden',
      '8',
      '--batch',
      '100',
    ],
    folder,
  );
  expect(stderr).toContain('mine, seed 1: final mean accuracy');
  expect(code).toBe(0);
  // It is finetuning under another name, so every number is the same.
  const rowOf = (method: string): string[] =>
    stdout
      .split('\n')
      .find((line) => line.startsWith(method))!
      .split(/\s+/);
  expect(rowOf('mine').slice(1)).toEqual(rowOf('finetune').slice(1));
});

test('README.md links to files that exist', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path);
  expect(links.length).toBeGreaterThan(8);
  for (const path of links) expect(readFileSync(join(packageRoot, path)).length, path).toBeGreaterThan(0);
});

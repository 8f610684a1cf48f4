import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporaryFolder.ts';
import { makeExperiment, withRecord, writeExperiment } from '../reports/fixture.ts';
import type { Experiment } from '../../logs/index.ts';
import { stabgap } from './stabgap.ts';

function written(change: (experiment: Experiment) => Experiment = (experiment) => experiment): string {
  const folder = temporaryFolder();
  writeExperiment(change(makeExperiment()), join(folder, 'made-up'));
  return folder;
}

const sums = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((file) => [file, createHash('sha256').update(readFileSync(join(folder, file))).digest('hex')]), // prettier-ignore
  );

test('figures are written and named, twice with the same bytes', async () => {
  const cwd = written();
  const first = await stabgap(['figures', 'made-up'], cwd);
  expect(first.code).toBe(0);
  const kinds = ['curves', 'gap', 'matrix', 'bars', 'cd'];
  const files = kinds.flatMap((kind) => ['pdf', 'svg', 'png'].map((format) => join('made-up', 'figures', `${kind}.${format}`))); // prettier-ignore
  expect(first.stdout.trimEnd().split('\n')).toEqual(files);
  expect(first.stderr).toBe('no pareto: fewer than two methods know what their training took\n');
  const again = await stabgap(['figures', 'made-up', '--out', 'again', '--json'], cwd);
  expect(JSON.parse(again.stdout).files).toHaveLength(15);
  expect(sums(join(cwd, 'again'))).toEqual(sums(join(cwd, 'made-up', 'figures')));
  expect(Object.keys(sums(join(cwd, 'again')))).toHaveLength(15);
}, 60_000);

test('width, formats and figures are those asked for', async () => {
  const cwd = written();
  const { code, stdout } = await stabgap(['figures', 'made-up', '--only', 'bars', '--format', 'svg', '--width', '127mm', '--metric', 'min-acc', '--out', 'f'], cwd); // prettier-ignore
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${join('f', 'bars.svg')}\n` });
  const svg = readFileSync(join(cwd, 'f', 'bars.svg'), 'utf8');
  expect(svg).toContain('width="360pt"');
  expect(svg).toContain('<title>min-ACC of er, finetune</title>');
}, 60_000);

test('runs that are not complete are left out and named', async () => {
  const cwd = written((experiment) => ({
    ...experiment,
    runs: experiment.runs.map((run, i) => (i === 3 ? withRecord(run, (record) => ({ ...record, status: 'failed', reason: 'no memory' })) : run)), // prettier-ignore
  }));
  const { code, stderr } = await stabgap(['figures', 'made-up', '--only', 'bars', '--format', 'svg'], cwd);
  expect(code).toBe(0);
  expect(stderr).toBe('left out: er-seed2 (failed)\n');
}, 60_000);

test('unlike protocols have folders of their own', async () => {
  const cwd = written((experiment) => ({
    ...experiment,
    runs: experiment.runs.map((run) =>
      run.record.method.label === 'er'
        ? withRecord(run, (record) => ({ ...record, stream: { ...record.stream, scenario: 'task' } }))
        : run,
    ),
  }));
  const { code, stdout, stderr } = await stabgap(['figures', 'made-up', '--only', 'bars,cd', '--format', 'svg'], cwd);
  expect(code).toBe(0);
  const folder = join('made-up', 'figures');
  expect(stdout).toBe(`${join(folder, 'protocol-1', 'bars.svg')}\n${join(folder, 'protocol-2', 'bars.svg')}\n`);
  expect(stderr).toMatch(
    /unlike protocols are not drawn together: .* task in .*protocol-1\n.* class in .*protocol-2\n/,
  );
  expect(stderr).toContain('ranks need two methods or more');
  expect(readFileSync(join(cwd, folder, 'protocol-2', 'bars.svg'), 'utf8')).toContain('<title>ACC of finetune</title>');
}, 60_000);

test('nothing to draw, and a folder that is a file, are told in one line', async () => {
  const cwd = written();
  const none = await stabgap(['figures', 'made-up', '--only', 'pareto'], cwd);
  expect(none).toMatchObject({ code: 2, stdout: '' });
  expect(none.stderr).toMatch(/^stabgap: made-up: nothing to draw: no pareto: [^\n]*\n$/);
  writeFileSync(join(cwd, 'file'), '');
  const file = await stabgap(['figures', 'made-up', '--out', 'file'], cwd);
  expect(file).toEqual({ code: 2, stdout: '', stderr: 'stabgap: file is a file; choose another --out\n' });
}, 60_000);

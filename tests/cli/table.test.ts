import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csvTable, latexTable, markdownTable, paperTables } from '../../reports/index.ts';
import { readExperiment } from '../../logs/index.ts';
import { writeExperiment, makeExperiment, smallPlan } from '../reports/fixture.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { stabgap } from './stabgap.ts';

const cwd = temporaryFolder();
const experiment = makeExperiment({ ...smallPlan, seeds: [1, 2, 3] });
writeExperiment(experiment, join(cwd, 'one'));
writeExperiment({ ...experiment, runs: experiment.runs.slice(3) }, join(cwd, 'two'));
const one = () => readExperiment(join(cwd, 'one'));

describe.concurrent('stabgap table', () => {
  test('prints Markdown unless told otherwise, and the same each time', async () => {
    const [first, second] = await Promise.all([stabgap(['table', 'one'], cwd), stabgap(['table', 'one'], cwd)]);
    expect(first).toEqual({ code: 0, stdout: markdownTable(paperTables([one()])[0]), stderr: '' });
    expect(second).toEqual(first);
  });

  test('writes LaTeX to a .tex file, in a folder that was not there', async () => {
    const flags = ['--metrics', 'acc,min-acc', '--percent', '--ci', '--decimals', '2', '--baseline', 'er'];
    const { code, stdout, stderr } = await stabgap(['table', 'one', '--out', 'paper/one.tex', ...flags], cwd);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'table: paper/one.tex\n', stderr: '' });
    const options = { metrics: ['acc', 'min-acc'], percent: true, spread: 'ci', decimals: 2, baseline: 'er' } as const;
    expect(readFileSync(join(cwd, 'paper/one.tex'), 'utf8')).toBe(latexTable(paperTables([one()], options)[0]));
  });

  test('CSV holds the tables of all folders under one head', async () => {
    const { stdout } = await stabgap(['table', 'one', 'two', '--format', 'csv', '--metrics', 'acc'], cwd);
    const both = [one(), readExperiment(join(cwd, 'two'))];
    expect(stdout).toBe(csvTable(paperTables(both, { metrics: ['acc'] })));
    expect(stdout.match(/^experiment,/gm)).toHaveLength(1);
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
  });

  test('one metric by experiments', async () => {
    const { stdout } = await stabgap(['table', 'one', 'two', '--metric', 'min-acc'], cwd);
    expect(stdout).toMatch(/^\| method +\| +one ↑ \| +two ↑ \|$/m);
    expect(stdout).toMatch(/^\| finetune \| .+ \| +– \|$/m);
  });

  test('--json prints the tables for programs', async () => {
    const { stdout } = await stabgap(['table', 'one', '--json', '--metrics', 'acc'], cwd);
    const [table] = JSON.parse(stdout) as ReturnType<typeof paperTables>;
    expect(table).toEqual(JSON.parse(JSON.stringify(paperTables([one()], { metrics: ['acc'] })[0])));
  });

  test.each([
    [['--metrics', 'ac'], /^stabgap: unknown metric: ac \(known: aaa, acc, /],
    [['--baseline', 'ear'], /^stabgap: unknown method in --baseline: ear \(known: er, finetune\)\n$/],
    [['--metrics', 'acc', '--out', 'one'], /^stabgap: one: the table cannot be written: /],
  ])('%j is a mistake, told in one line, and nothing is written', async (flags, says) => {
    const { code, stdout, stderr } = await stabgap(['table', 'one', '--out', 'never.tex', ...flags], cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(existsSync(join(cwd, 'never.tex'))).toBe(false);
  });
});

test('folders that cannot be read are told on standard error, and left out', async () => {
  const folder = temporaryFolder();
  writeExperiment(experiment, join(folder, 'x'));
  writeFileSync(join(folder, 'x/er-seed1/run.json'), '{');
  const { code, stdout, stderr } = await stabgap(['table', 'x', '--metrics', 'acc'], folder);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^left out: .*er-seed1/);
  expect(stdout).toContain('Unreadable and left out: 1 run folder.');
  expect(stdout).toMatch(/^\| er +\| +2 \| /m);
});

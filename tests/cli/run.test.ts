import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { readRunRecord } from '../../logs/index.ts';
import { runMetrics } from '../../metrics/index.ts';
import type { Summary } from '../../cli/summary.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, stabgap, tiny } from './stabgap.ts';

describe.concurrent('stabgap run', () => {
  test('runs a recipe with flags, prints the table and writes the report', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'small.yaml'),
      'tasks: 2\nhidden: [16]\nbatch: 64\nevaluateSubset: 20\nmethods:\n  - finetune\n  - name: er\n    label: er-30\n    options: { memory: 30 }\n',
    );
    const { code, stdout, stderr } = await stabgap(
      ['run', 'small.yaml', '--seeds', '2', '--set', 'er-30.lr=0.1'],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^er-30 +2 /m);
    expect(stdout).toContain(`report: ${join('runs', 'small', 'report.html')}`);
    expect(readFileSync(join(folder, 'runs/small/report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(stderr).toMatch(/^er-30, seed 2: final mean accuracy 0\.\d{3}, \d+\.\d s \(\d\/4\)$/m);

    const { method, training } = readRunRecord(join(folder, 'runs/small/er-30-seed2'));
    expect(method).toMatchObject({ name: 'er', label: 'er-30', options: { memory: 30 } });
    expect(training).toMatchObject({ lr: 0.1, batch: 64, epochs: 1 });
    expect(readRunRecord(join(folder, 'runs/small/finetune-seed1')).training).toMatchObject({ lr: 0.05 });

    // Once more: nothing is left to do.
    const again = await stabgap(['run', 'small.yaml', '--seeds', '2', '--set', 'er-30.lr=0.1'], folder);
    expect(again).toEqual({ code: 0, stdout, stderr: '4 of 4 runs have ended before and stay as they are\n' });
  });

  test('--json prints a summary with the metrics of every run, and nothing else', async () => {
    const folder = temporaryFolder();
    const { code, stdout } = await stabgap(
      ['run', ...tiny, '--methods', 'er', '--seeds', '7,', '--out', 'x', '--report', 'r.html', '--json'],
      folder,
    );
    const { runs, ...rest } = JSON.parse(stdout) as Summary;
    expect({ code, ...rest }).toEqual({ code: 0, experiment: 'x', report: 'r.html' });
    expect(runs).toMatchObject([{ run: 'er-seed7', method: 'er', seed: 7, status: 'complete', reason: null }]);
    expect(Object.keys(runs[0].metrics!)).toEqual(runMetrics.map(({ name }) => name));
    // The accuracy matrix's last row, averaged by hand.
    const last = readTables(join(folder, 'x/er-seed7'))['matrix.csv'].trimEnd().split('\n').at(-1)!;
    const [a, b] = last.split(',').slice(1).map(Number);
    expect(runs[0].metrics!.acc).toBeCloseTo((a + b) / 2, 12);
    expect(statSync(join(folder, 'r.html')).size).toBeGreaterThan(10_000);

    const report = await stabgap(['report', 'x', '--json', '--out', 'again.html'], folder);
    expect(JSON.parse(report.stdout)).toEqual({ experiment: 'x', report: 'again.html', runs });
    expect(readFileSync(join(folder, 'again.html'))).toEqual(readFileSync(join(folder, 'r.html')));
  });

  test('a run that diverges is recorded as such while the others complete; exit code 1', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await stabgap(
      ['run', ...tiny, '--methods', 'finetune,er', '--set', 'finetune.lr=1e30', '--out', 'x', '--no-report', '--json'],
      folder,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^finetune-seed1 diverged: the loss became \S+ at update \d+, .* try a smaller lr/m);
    const { runs, report } = JSON.parse(stdout) as Summary;
    expect(report).toBeNull();
    expect(existsSync(join(folder, 'x/report.html'))).toBe(false);
    expect(runs).toMatchObject([
      { run: 'finetune-seed1', status: 'diverged', reason: expect.stringContaining('smaller lr'), metrics: null },
      { run: 'er-seed1', status: 'complete', reason: null },
    ]);
    expect(readRunRecord(join(folder, 'x/finetune-seed1')).status).toBe('diverged');
  });

  test('a penalty that overflows ends as any run that diverges: exit code 1, and the advice names it', async () => {
    const folder = temporaryFolder();
    const { code, stderr } = await stabgap(
      ['run', ...tiny, '--methods', 'l2', '--set', 'l2.lambda=1e30', '--out', 'x', '--no-report'],
      folder,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^l2-seed1 diverged: the loss became \S+ at update \d+, .* or a smaller lambda than 1e\+30 /m,
    );
  });

  test('--import makes a method of one’s own available, and what it prints does not mix with the results', async () => {
    const folder = temporaryFolder();
    const methods = pathToFileURL(join(packageRoot, 'dist', 'methods', 'index.js')).href;
    writeFileSync(
      join(folder, 'mine.js'),
      `import { findMethod, registerMethod } from '${methods}';\n` +
        `registerMethod({ ...findMethod('er'), name: 'mine', async create(setup) {\n` +
        `  console.log('hello'); return findMethod('er').create(setup);\n} });\n`,
    );
    const { code, stdout, stderr } = await stabgap(
      ['run', ...tiny, '--import', 'mine.js', '--methods', 'mine', '--out', 'x', '--no-report', '--json'],
      folder,
    );
    expect(code).toBe(0);
    expect(stderr).toContain('hello');
    expect((JSON.parse(stdout) as Summary).runs).toMatchObject([{ run: 'mine-seed1', status: 'complete' }]);
  });
});

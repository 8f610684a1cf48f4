import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, stabgap } from './stabgap.ts';

/** A table in order of time, whose class is which of two numbers is larger until the 100th row and the other after. */
const table = `day,a,b,class\n${Array.from({ length: 200 }, (_, i) => {
  const [a, b] = [(i * 7) % 11, (i * 5) % 13];
  return `${i},${a},${b},${a > b === i < 100 ? 'up' : 'down'}`;
}).join('\n')}\n`;

/** A folder with the table in `data/prices.csv`. */
function workplace(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'prices.csv'), table);
  return folder;
}

const flags = ['--stream', 'drift-csv', '--tasks', '4', '--hidden', '16', '--methods', 'er', '--set', 'er.memory=20'];

describe.concurrent('stabgap run --stream drift-csv', () => {
  test('runs on a file by its path, or by its name in --data-dir, and on a recipe that names it', async () => {
    const folder = workplace();
    const byPath = await stabgap(
      ['run', ...flags, '--csv', 'data/prices.csv', '--scenario', 'domain', '--ignore', 'day,', '--out', 'a'],
      folder,
    );
    expect({ code: byPath.code, stderr: byPath.stderr }).toEqual({
      code: 0,
      stderr: expect.not.stringContaining('note:') as string,
    });
    expect(byPath.stdout).toMatch(/^er +1 /m);
    const { stream } = readRunRecord(join(folder, 'a', 'er-seed1'));
    expect(stream).toMatchObject({ inputShape: [2], outputs: 2, options: { csv: 'prices.csv', ignore: ['day'] } });
    const report = readFileSync(join(folder, 'a', 'report.html'), 'utf8');
    expect(report).toContain('<dt>inputs and outputs</dt><dd>2 in, 2 out</dd>');
    expect(report).toContain('in the order of the file');

    writeFileSync(
      join(folder, 'recipe.yaml'),
      'stream: drift-csv\ncsv: prices.csv\nscenario: domain\ntasks: 4\nhidden: [16]\nignore: [day]\n' +
        'methods: [{ name: er, options: { memory: 20 } }]\n',
    );
    const byName = await stabgap(['run', 'recipe.yaml', '--data-dir', 'data', '--out', 'b'], folder);
    expect(byName.code).toBe(0);
    expect(readTables(join(folder, 'b', 'er-seed1'))).toEqual(readTables(join(folder, 'a', 'er-seed1')));
  });

  test('is gone on with from any folder, with that very file', async () => {
    const folder = workplace();
    const run = ['run', ...flags, '--csv', 'data/prices.csv', '--scenario', 'task-free', '--out', 'a'];
    expect((await stabgap(run, folder)).code).toBe(0);
    const resumed = await stabgap(['resume', join(folder, 'a')], temporaryFolder());
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/^1 of 1 runs? ha.* ended before/);

    writeFileSync(join(folder, 'data', 'prices.csv'), table.replace('up', 'down'));
    const again = await stabgap(run, folder);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(
      /^stabgap: a holds another experiment \(it differs in: csvSha256\); choose another --out/m,
    );
    const changed = await stabgap(['resume', 'a'], folder);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(
      /^stabgap: .*prices\.csv is not the file of the experiment: its content has sha256 /,
    );
  });

  test('a convolutional network is refused before anything is written', async () => {
    const folder = workplace();
    const { code, stderr } = await stabgap(
      [
        'run',
        '--stream',
        'drift-csv',
        '--csv',
        'data/prices.csv',
        '--scenario',
        'domain',
        '--network',
        'cnn',
        '--out',
        'x',
      ],
      folder,
    );
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'stabgap: network cnn takes images of 4×4 or more, and the inputs are 3; choose another network, such as mlp\n',
    });
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  test('notes a column that leaves the range of the first part', async () => {
    const folder = workplace();
    writeFileSync(join(folder, 'data', 'prices.csv'), table.replace(/^199,/m, '9999,'));
    const { code, stderr } = await stabgap(
      ['run', ...flags, '--csv', 'data/prices.csv', '--scenario', 'domain'],
      folder,
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^note: column "day" goes as far as \d+ deviations from its mean in the first task/);
  });

  test.each([
    [['--csv', 'prices.csv', '--scenario', 'domain'], /^stabgap: csv: prices\.csv does not exist \(looked for: /],
    [['--scenario', 'domain'], /^stabgap: drift-csv needs csv: the path of a CSV file/],
    [['--csv', 'data/prices.csv'], /^stabgap: drift-csv streams make no sense in the class scenario/],
    [
      ['--csv', 'data/prices.csv', '--scenario', 'domain', '--target', 'x'],
      /^stabgap: unknown column in target: x of /,
    ],
    [
      ['--csv', 'data/prices.csv', '--scenario', 'domain', '--set', 'er.memory=1'],
      /^stabgap: method er: memory: 1 samples are too few/,
    ],
  ])('%j is refused before anything is written', async (given, message) => {
    const folder = workplace();
    const { code, stdout, stderr } = await stabgap(['run', ...flags, ...given, '--out', 'x'], folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Analysis } from '../../analysis/index.ts';
import { analyze } from '../../index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { stabgap } from './stabgap.ts';

const cwd = temporaryFolder();

/** Checkpoints of lm-evaluation-harness in a folder. */
function checkpoints(name: string, values: readonly (readonly [step: number, arc: number, piqa: number])[]): string {
  mkdirSync(join(cwd, name));
  for (const [step, arc, piqa] of values) {
    const results = { arc: { acc: arc, acc_stderr: 0.01 }, piqa: { acc: piqa, acc_stderr: 0.01 } };
    const file = { results, versions: {}, config: { model_args: `pretrained=m,revision=step${step}` } };
    writeFileSync(join(cwd, name, `step${step}.json`), JSON.stringify(file));
  }
  return name;
}

const fallen = checkpoints('fallen', [[1000, 0.7, 0.6], [2000, 0.5, 0.61], [3000, 0.52, 0.6]]); // prettier-ignore
const steady = checkpoints('steady', [[1000, 0.7, 0.6], [2000, 0.69, 0.61], [3000, 0.71, 0.6]]); // prettier-ignore

describe.concurrent('analyze', () => {
  test('prints events first, worst first, then tasks', async () => {
    const { code, stdout, stderr } = await stabgap(['analyze', fallen], cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('fallen (lm-eval): acc, of 2 tasks, 3 evaluations, steps 1000 to 3000');
    expect(lines[2]).toBe('events, worst first');
    expect(lines[3].split(/ {2,}/).slice(0, 4)).toEqual(['task', 'verdict', 'switch', 'before']);
    expect(lines[4].split(/ {2,}/)).toEqual(
      ['arc', 'forgetting', 'peak at 1000', '0.700', '0.500', '2000', '0.520', '0.200', '29 %', 'not back', '290', '14.1', '< 0.001'], // prettier-ignore
    );
    expect(stdout.indexOf('events')).toBeLessThan(stdout.indexOf('tasks, those that lost most'));
  });

  test('--json has what the library returns, under the keys of the documentation', async () => {
    const { stdout } = await stabgap(['analyze', fallen, '--json'], cwd);
    const printed = JSON.parse(stdout) as Analysis;
    expect(printed).toEqual({ ...JSON.parse(JSON.stringify(analyze(join(cwd, fallen)))), path: fallen });
    expect(printed.events[0]).toMatchObject({
      task: 'arc',
      kind: 'forgetting',
      onset_step: 2000,
      minimum_step: 2000,
      recovery_step: null,
      reference: 0.7,
      minimum: 0.5,
    });
    const keys = ['task', 'kind', 'onset_step', 'minimum_step', 'recovery_step', 'reference', 'minimum', 'depth', 'relative_depth', 'area', 'p_value']; // prettier-ignore
    for (const key of keys) expect(printed.events[0]).toHaveProperty(key);
  });

  test('several runs are a list, and files of checkpoints that are named together one run', async () => {
    const two = await stabgap(['analyze', fallen, steady, '--json'], cwd);
    expect((JSON.parse(two.stdout) as Analysis[]).map(({ name }) => name)).toEqual(['fallen', 'steady']);
    const files = [1000, 2000, 3000].map((step) => join(fallen, `step${step}.json`));
    const one = await stabgap(['analyze', ...files, '--json'], cwd);
    expect((JSON.parse(one.stdout) as Analysis).evaluations).toBe(3);
  });

  test('--report writes a page that loads nothing', async () => {
    const { code, stdout } = await stabgap(['analyze', fallen, '--report', 'out/page.html'], cwd);
    expect(code).toBe(0);
    expect(stdout).toContain('report: out/page.html');
    const page = readFileSync(join(cwd, 'out/page.html'), 'utf8');
    const parts = ['default-src &#39;none&#39;', 'The worst: arc fell from 0.700 to 0.500 at step 2000'];
    expect(parts.filter((part) => !page.includes(part))).toEqual([]);
    // Its programs, which sort its tables, are in it and named in its policy.
    expect(page).toMatch(/script-src &#39;sha256-/);
    expect(/<script[^>]*\ssrc|<link rel="stylesheet|src="http/.test(page)).toBe(false);
  });

  test.each([
    [['analyze', 'nowhere'], 'nowhere does not exist; check the path'],
    [['analyze', fallen, '--format', 'lm-evil'], 'unknown format: lm-evil (known: '],
    [['analyze', fallen, '--alpha', '2'], '--alpha: must lie between 0 and 1, not be 2'],
    [['analyze', fallen, '--columns', 'step'], '--columns step: must be <role>=<column>,…'],
    [['analyze', fallen, '--set', 'maintenance=all'], '--set maintenance=all: must be one of mrlep, mrtlp, both'],
    [['analyze', fallen, '--set', 'maintain=all'], 'unknown option in --set maintain=all: maintain'],
    [['analyze', fallen, '--ste', 'steady'], '--ste: steady is no log of l2logger and holds none'],
    [['analyze', fallen, '--report', 'fallen'], 'fallen: the report cannot be written'],
    [['analyze'], 'an argument is missing (usage: stabgap analyze <paths..>)'],
    [['check', fallen], 'no limit to check'],
    [
      ['check', fallen, '--max-gap', 'much'],
      '--max-gap: must be a number from 0 on, or a percentage such as 5%, not much',
    ],
    [['compare', fallen], '--baseline is missing'],
    [['watch', fallen, '--interval', '0'], '--interval: must be a number above 0, not 0'],
  ])('%j is answered in one line', async (args, message) => {
    const { code, stdout, stderr } = await stabgap(args, cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe.concurrent('check', () => {
  test('ends with 0 where limits are kept, and with 1 where one is broken, naming task, step and value', async () => {
    const kept = await stabgap(
      ['check', steady, '--max-gap', '5%', '--max-forgetting', '0.02', '--min-acc', '0.5'],
      cwd,
    );
    expect(kept).toEqual({ code: 0, stdout: 'passed\n', stderr: '' });
    const broken = await stabgap(['check', fallen, '--max-gap', '5%', '--max-forgetting', '2%'], cwd);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toBe(
      'failed: 2 limits broken\n' +
        '  arc has lost 0.18 at step 3000 (--max-forgetting 0.02, p < 0.001)\n' +
        '  arc fell by 0.2 at step 2000 (--max-gap 0.05, p < 0.001)\n',
    );
  });

  test('--json says the same to programs', async () => {
    const { code, stdout } = await stabgap(['check', fallen, '--min-acc', '0.55', '--json'], cwd);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      passed: false,
      violations: [
        { run: 'fallen', limit: 'min-acc', task: 'arc', step: 2000, value: 0.5, allowed: 0.55, p_value: null },
      ],
      noise: [],
    });
  });
});

test('watch tells each event once, over rounds that come in, and over a restart', async () => {
  const folder = checkpoints('growing', [[1000, 0.7, 0.6], [2000, 0.5, 0.61]]); // prettier-ignore
  const look = () => stabgap(['watch', folder, '--once', '--json', '--state', 'state.json'], cwd);
  const first = await look();
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(first.stdout)).toMatchObject({ run: 'growing', telling: 'fell', task: 'arc', minimum_step: 2000 });
  expect((await look()).stdout).toBe('');
  // A half-written checkpoint is remarked on and waited for.
  writeFileSync(join(cwd, folder, 'step3000.json'), '{"results": {"arc": {"acc": 0.7');
  const torn = await look();
  expect(torn).toMatchObject({ code: 0, stdout: '' });
  expect(torn.stderr).toContain('waiting: ');
  const results = { arc: { acc: 0.705, acc_stderr: 0.01 } };
  writeFileSync(
    join(cwd, folder, 'step3000.json'),
    JSON.stringify({ results, config: { model_args: 'revision=step3000' } }),
  );
  expect(JSON.parse((await look()).stdout)).toMatchObject({ telling: 'back', recovery_step: 3000 });
  expect((await look()).stdout).toBe('');
  expect(existsSync(join(cwd, 'state.json'))).toBe(true);
});

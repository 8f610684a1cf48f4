import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord, readScheduleFile, readSteps } from '../../logs/index.ts';
import { refinedSchedule } from '../../metrics/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { stabgap, tiny } from './stabgap.ts';

/** An experiment with a run by sgd, one by Adam, and one whose updates train nothing. */
const folder = temporaryFolder();

beforeAll(async () => {
  const methods = ['--methods', 'er,ewc,gdumb', '--set', 'ewc.optimizer=adam', '--set', 'gdumb.passes=1'];
  const flags = ['--schedule', 'linear', '--gradients', '--evaluate-every', '99', '--no-report', '--out', 'my runs'];
  const { code, stderr } = await stabgap(['run', ...tiny, ...methods, ...flags], folder);
  if (code !== 0) throw new Error(stderr);
}, 60_000);

const run = (name: string) => join('my runs', name);

/** The folder with one run's file changed. */
function changed(name: string, file: string, change: (text: string) => string): string {
  const copy = temporaryFolder();
  cpSync(join(folder, run(name)), copy, { recursive: true });
  const before = readFileSync(join(copy, file), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(copy, file), after);
  return copy;
}

describe.concurrent('stabgap refine-lr', () => {
  test.each([
    ['er-seed1', 'l2', 2],
    ['ewc-seed1', 'l1', 1],
  ])('makes a schedule of %s of its %s norms, task by task', async (name, norm, exponent) => {
    const out = join(temporaryFolder(), 'schedule.json');
    const { code, stderr } = await stabgap(['refine-lr', run(name), '--out', out, '--tau', '0.3'], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { schedule } = readScheduleFile(out);
    expect(schedule).toMatchObject({ norm, exponent, tau: 0.3, source: { run: name, schedule: 'linear', seed: 1 } });
    const { values, trainingTask, tasks } = readSteps(join(folder, run(name), 'steps.csv'));
    expect(schedule.tasks.map((task) => task.name)).toEqual(tasks);
    schedule.tasks.forEach(({ factors }, task) => {
      const norms = values.get(`gradient_${norm}`)!.filter((_, row) => trainingTask[row] === task);
      expect(factors).toEqual([...refinedSchedule(norms, { exponent, tau: 0.3 })]);
    });
  });

  test('prints a command that trains with the schedule', async () => {
    const { stdout } = await stabgap(['refine-lr', run('er-seed1')], folder);
    expect(stdout).toMatch(/^task-1 +31 +\d\.\d{3} /m);
    const [, command] = /^to run with it: stabgap (.*)$/m.exec(stdout)!;
    // As a shell takes it apart: words, some of them in quotes.
    const words = command.match(/'[^']*'|[^ ]+/g)!.map((word) => word.replaceAll("'", ''));
    const { code } = await stabgap([...words, '--no-report'], folder);
    expect(code).toBe(0);
    const refined = join(folder, 'my runs-refined', 'er-seed1');
    expect(readRunRecord(refined)).toMatchObject({ training: { schedule: 'refined', lr: 0.05 }, warnings: [] });
    const { schedule } = readScheduleFile(join(folder, run('er-seed1'), 'refined-schedule.json'));
    const rates = readSteps(join(refined, 'steps.csv')).values.get('lr')!;
    const factors = schedule.tasks.flatMap((task) => task.factors);
    rates.forEach((rate, row) => expect(rate).toBeCloseTo(0.05 * factors[row], 12));

    // The same folder, the same file: nothing left to do; another file: another experiment.
    const again = await stabgap(words, folder);
    expect(again.stderr).toMatch(/^1 of 1 runs has ended before/);
    await stabgap(['refine-lr', run('er-seed1'), '--tau', '0.5'], folder);
    expect((await stabgap(words, folder)).stderr).toMatch(/holds another experiment \(it differs in: methods\)/);
  });

  test('--json prints the schedule and the command, and nothing else', async () => {
    const out = join(temporaryFolder(), 'schedule.json');
    const { stdout } = await stabgap(['refine-lr', run('er-seed1'), '--json', '--norm', 'l1', '--out', out], folder);
    const { file, command, schedule } = JSON.parse(stdout) as Record<string, unknown>;
    expect(file).toBe(out);
    expect(command).toContain(`er.scheduleFile=${out}`);
    expect(schedule).toEqual(readScheduleFile(out).schedule);
    expect(schedule).toMatchObject({ norm: 'l1', exponent: 1 });
  });

  test('tells of a run without linear decay', async () => {
    const other = changed('er-seed1', 'run.json', (text) =>
      text.replace('"schedule": "linear"', '"schedule": "cosine"'),
    );
    const { code, stderr } = await stabgap(['refine-lr', other], folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^note: the run had schedule cosine; a refined schedule is best made of one with --schedule linear$/m,
    );
  });

  test('takes a stream without tasks as one', async () => {
    const other = changed('er-seed1', 'run.json', (text) =>
      text.replace('"scenario": "class"', '"scenario": "task-free"'),
    );
    const { stdout } = await stabgap(['refine-lr', other, '--json'], folder);
    const { schedule } = JSON.parse(stdout) as { schedule: { tasks: { name: string; updates: number }[] } };
    const { steps } = readSteps(join(folder, run('er-seed1'), 'steps.csv'));
    expect(schedule.tasks).toMatchObject([{ name: 'split-digits', updates: steps.length }]);
  });

  /** A row of steps.csv with other norms. */
  const norms = (step: number, value: string) => (text: string) =>
    text.replace(new RegExp(`^(${step},[^,]*,[^,]*,[^,]*),[^,]*,[^,]*`, 'm'), `$1,${value},${value}`);

  test.each<[string, () => string, RegExp]>([
    ['an experiment', () => 'my runs', /^my runs is an experiment; name one of its runs: .*er-seed1, /],
    ['no folder', () => 'nowhere', /^nowhere\/run\.json does not exist/],
    [
      'a run that trains otherwise',
      () => run('gdumb-seed1'),
      /gdumb-seed1, task task-1: no norm of a gradient was logged for update 1; a schedule needs/,
    ],
    [
      'a run without norms',
      () => changed('er-seed1', 'run.json', (text) => text.replace(/"gradients": true,\s*/, '')),
      /: steps\.csv holds no norms of gradients; run it again with --gradients$/,
    ],
    [
      'a run that has not ended',
      () => changed('er-seed1', 'run.json', (text) => text.replace('"complete"', '"interrupted"')),
      /: the run is interrupted, and a schedule needs .*; go on with it by stabgap resume /,
    ],
    [
      'an unknown optimiser',
      () => changed('er-seed1', 'run.json', (text) => text.replace('"sgd"', '"lion"')),
      /: it is not known which norm goes with the optimizer lion; give --norm l1 or l2$/,
    ],
    ['a norm that is missing', () => changed('er-seed1', 'steps.csv', norms(7, '')), /was logged for update 7; /],
    [
      'norms of 0',
      () => changed('er-seed1', 'steps.csv', (text) => [7, 8, 9].reduce((part, step) => norms(step, '0')(part), text)),
      /task task-1: gradients of norm 0 in most of a stretch .*; try a larger --tau than 0\.1, or /,
    ],
  ])('refuses %s', async (_, folderOf, says) => {
    const given = folderOf();
    const { code, stdout, stderr } = await stabgap(['refine-lr', given], folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.replace(/^stabgap: /, '').trimEnd()).toMatch(says);
    expect(existsSync(join(folder, given, 'refined-schedule.json'))).toBe(false);
  });
});

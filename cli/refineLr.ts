import { dirname, join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../base/errors.ts';
import type { ScheduleFile } from '../logs/index.ts';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';

const flags = {
  out: { nargs: 1, describe: 'file of the schedule', defaultDescription: '<run>/refined-schedule.json' },
  tau: {
    nargs: 1,
    describe: 'share of a task that the median filter of the norms spans, 0 to 1',
    defaultDescription: '0.1',
  },
  norm: {
    nargs: 1,
    describe: 'norm of the gradients: l2 (power −2) or l1 (power −1)',
    defaultDescription: 'by the optimiser',
  },
  json: { type: 'boolean', describe: 'print the schedule as JSON, and nothing else, to standard output' },
} as const;

const usage = 'refine-lr <run>';

export const refineLr = {
  command: usage,
  describe: 'make a learning-rate schedule of the gradients of a run',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Makes a learning-rate schedule of the norms of gradients that a run logged (arXiv:2310.07831), and prints how to run with it.',
      flags,
    )
      .positional('run', { describe: 'the folder of a complete run with --gradients, best with --schedule linear' })
      .example('$0 refine-lr runs/demo/er-seed1', 'writes runs/demo/er-seed1/refined-schedule.json')
      .example('$0 refine-lr runs/demo/er-seed1 --tau 0.3 --out er.json', 'smoother, elsewhere'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const tau = readTau(lastText(argv.tau) ?? '0.1');
    const norm = readNorm(lastText(argv.norm));
    const { writeFileAtomic, messageOf } = await import('../base/index.ts');
    const { readRunRecord } = await import('../logs/index.ts');
    const { refineSchedule } = await import('./refineSchedule.ts');

    const folder = String(argv.run);
    const schedule = refineSchedule(folder, { norm, tau });
    const path = lastText(argv.out) ?? join(folder, 'refined-schedule.json');
    try {
      writeFileAtomic(path, `${JSON.stringify(schedule)}\n`);
    } catch (error) {
      throw new UserError(`${path}: the schedule cannot be written: ${messageOf(error)}`, { cause: error });
    }
    const { schedule: before } = schedule.source;
    if (before !== 'linear')
      process.stderr.write(
        `note: the run had schedule ${before}; a refined schedule is best made of one with --schedule linear\n`,
      );
    const command = commandFor(dirname(folder), readRunRecord(folder).method.label, path);
    process.stdout.write(
      argv.json ? `${JSON.stringify({ file: path, command, schedule }, null, 2)}\n` : describe(schedule, path, command),
    );
  },
} satisfies CommandModule;

function readTau(text: string): number {
  const tau = Number(text);
  if (text.trim() !== '' && tau >= 0 && tau <= 1) return tau;
  throw new UserError(`--tau: must be a number from 0 to 1, not ${text}`);
}

function readNorm(text: string | undefined): ScheduleFile['norm'] | undefined {
  if (text === undefined || text === 'l1' || text === 'l2') return text;
  throw new UserError(`--norm: must be l1 or l2, not ${text}`);
}

/** The experiment again, with this method alone and its refined schedule. */
function commandFor(experiment: string, label: string, path: string): string {
  const method = `--methods ${quoted(label)} --set ${quoted(`${label}.schedule=refined`)}`;
  const file = quoted(`${label}.scheduleFile=${path}`);
  return `stabgap run ${quoted(join(experiment, 'experiment.json'))} ${method} --set ${file} --out ${quoted(`${experiment}-refined`)}`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function describe({ tasks, norm, exponent, tau }: ScheduleFile, path: string, command: string): string {
  const quarters = ['first', '1/4', '1/2', '3/4'];
  const head = ['task', 'updates', ...quarters.map((quarter) => `factor ${quarter}`), 'highest at'];
  const rows = tasks.map(({ name, updates, factors }) => [
    name,
    String(updates),
    ...quarters.map((_, i) => factors[Math.floor((i * updates) / 4)].toFixed(3)),
    String(factors.indexOf(1) + 1),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}\n`;
  return (
    `refined from ${norm} norms to the power −${exponent}, after a median filter over ${tau} of each task\n\n` +
    `${[head, ...rows].map(line).join('')}\nschedule: ${path}\nto run with it: ${command}\n`
  );
}

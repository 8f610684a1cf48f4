import { UserError, codeOf, messageOf } from '../base/index.ts';
import type { Experiment } from '../logs/index.ts';
import { terminalTable, writeReport } from '../reports/index.ts';

/**
 * Writes an experiment's report, unless there is no path, and says on standard error which folders are left out of it.
 * @returns what to print: the most telling metrics, and where the report is
 */
export async function publish(experiment: Experiment, path: string | undefined): Promise<string> {
  for (const problem of experiment.problems) process.stderr.write(`left out: ${problem}\n`);
  if (path !== undefined) await write(experiment, path);
  return `\n${terminalTable(experiment, process.stdout.columns || undefined)}${path === undefined ? '' : `\nreport: ${path}\n`}`;
}

async function write(experiment: Experiment, path: string): Promise<void> {
  try {
    await writeReport(experiment, path);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`${path}: the report cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

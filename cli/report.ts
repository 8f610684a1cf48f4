import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';

const flags = {
  out: { nargs: 1, describe: 'file of the report', defaultDescription: '<folder>/report.html' },
  json: { type: 'boolean', describe: 'print the metrics of the runs as JSON, and nothing else, to standard output' },
} as const;

const usage = 'report <folder>';

export const report = {
  command: usage,
  describe: 'write the report of an experiment from its logs',
  builder: (y: Argv): Argv =>
    declare(y, usage, 'Writes the report of an experiment from its logs, and prints the most telling metrics.', flags)
      .positional('folder', { describe: 'the folder of an experiment' })
      .example('$0 report runs/demo', 'writes runs/demo/report.html')
      .example('$0 report runs/demo --out paper/demo.html --json > demo.json', 'report and metrics elsewhere'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { readExperiment } = await import('../logs/index.ts');
    const { publish } = await import('./publish.ts');
    const { stateOf, summarize } = await import('./summary.ts');

    const folder = String(argv.folder);
    const experiment = readExperiment(folder);
    const path = lastText(argv.out) ?? join(folder, 'report.html');
    const text = await publish(experiment, path);
    const states = experiment.runs.map(({ record }) => stateOf(record));
    process.stdout.write(
      argv.json ? `${JSON.stringify(summarize(folder, states, experiment, path), null, 2)}\n` : text,
    );
  },
} satisfies CommandModule;

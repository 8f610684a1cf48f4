import type { Argv, CommandModule } from 'yargs';
import { declare } from './declare.ts';
import { executionFlags, readExecution } from './executionFlags.ts';

const usage = 'resume <folder>';

export const resume = {
  command: usage,
  describe: 'go on with an experiment that was interrupted',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Goes on with the runs of an experiment that are not complete, from their last checkpoints.',
      executionFlags,
    )
      .positional('folder', { describe: 'the folder that stabgap run wrote to' })
      .example('$0 resume runs/demo', 'after Ctrl-C, a crash or a power cut')
      .example('$0 resume runs/demo --jobs 1', 'with fewer runs at a time'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const execution = readExecution(argv);
    const { withSpareWorker } = await import('../harness/startWorker.ts');
    process.exitCode = await withSpareWorker(async (spare) => {
      const { reopenExperiment } = await import('./reopenExperiment.ts');
      const { checkReady } = await import('./checkReady.ts');

      const folder = String(argv.folder);
      const reopened = await reopenExperiment(folder);
      const dataDir = execution.dataDir ?? reopened.dataDir;
      const experiment = await checkReady({ ...reopened, dataDir }, execution.provider);

      const { execute } = await import('./execute.ts');
      return execute(experiment, folder, execution, spare);
    });
  },
} satisfies CommandModule;

import { join, resolve } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { declare } from './declare.ts';
import { executionFlags, lastText } from './executionFlags.ts';

const output = {
  out: { nargs: 1, describe: 'folder of the experiment', defaultDescription: 'runs/<name>' },
  overwrite: { type: 'boolean', describe: 'replace the experiment that is in the folder' },
  set: { array: true, nargs: 1, describe: 'option or training key of one method, such as er.memory=500; repeatable' },
} as const;

const usage = 'run [recipe]';

export const run = {
  command: usage,
  describe: 'train and evaluate methods on a stream of tasks',
  async builder(y: Argv): Promise<Argv> {
    const { experimentFlags } = await import('./experimentFlags.ts');
    const experiment = experimentFlags();
    return declare(y, usage, 'Trains and evaluates methods on a stream of tasks, and writes a report.', {
      ...experiment,
      ...output,
      ...executionFlags,
    })
      .positional('recipe', {
        describe: 'a YAML or JSON file, or the name of a recipe that ships (stabgap list recipes)',
      })
      .group(Object.keys(experiment), 'Experiment (these are the keys of a recipe; flags override it):')
      .group(Object.keys({ ...output, ...executionFlags }), 'Execution:')
      .example('$0 run demo', 'the demo: 8 methods, 3 seeds')
      .example('$0 run --stream split-mnist --methods finetune,er,der++ --seeds 2', 'without a recipe')
      .example('$0 run demo --methods er,ewc --set er.memory=500 --out runs/er500', 'a recipe, changed')
      .example('$0 run my.yaml --jobs 4 --json > summary.json', 'a recipe of your own');
  },
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { withSpareWorker } = await import('../harness/startWorker.ts');
    process.exitCode = await withSpareWorker(async (spare) => {
      // Loaded step by step: a slip is answered before the engine and the reports are there.
      const { readArguments } = await import('./readArguments.ts');
      const given = readArguments(argv);
      const { execution } = given;

      const { planExperiment } = await import('./planExperiment.ts');
      const { checkReady } = await import('./checkReady.ts');
      const { claimFolder } = await import('../harness/index.ts');
      const planned = await planExperiment(given);
      const dataDir = execution.dataDir ?? (planned.dataDir && resolve(planned.dataDir));
      const experiment = await checkReady({ ...planned, dataDir }, execution.provider);
      const folder = lastText(argv.out) ?? join('runs', experiment.name.replaceAll(/[^\w.+-]+/g, '-'));
      claimFolder(folder, experiment, { overwrite: argv.overwrite === true });

      const { execute } = await import('./execute.ts');
      return execute(experiment, folder, execution, spare);
    });
  },
} satisfies CommandModule;

import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../base/errors.ts';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';
import { readAlpha } from './logFlags.ts';

const flags = {
  baseline: { nargs: 1, demandOption: true, describe: 'label of the method that the others are set beside' },
  metric: {
    nargs: 1,
    describe: 'which metrics (stabgap list metrics), parted by commas',
    defaultDescription: 'acc,min-acc',
  },
  by: {
    nargs: 1,
    choices: ['seed', 'experiment'],
    describe: 'what is paired',
    defaultDescription: 'experiments, of one its seeds',
  },
  alpha: { nargs: 1, describe: 'significance level', defaultDescription: '0.05' },
  json: { type: 'boolean', describe: 'print the comparison as JSON, and nothing else, to standard output' },
} as const;

const usage = 'compare <folders..>';

export const compare = {
  command: usage,
  describe: 'test whether methods differ from a baseline',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Tests whether methods differ from a baseline: paired tests with Holm’s correction, effect sizes, and ranks with their critical difference.',
      flags,
    )
      .positional('folders', { describe: 'folders of experiments' })
      .example('$0 compare runs/demo --baseline er --metric min-acc', 'paired by seed')
      .example('$0 compare runs/mnist runs/cifar runs/digits --baseline finetune', 'paired by experiment')
      .example('$0 compare runs/demo --baseline er --json', 'for programs'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { compare: compareOn } = await import('../analysis/index.ts');
    const { readExperiment } = await import('../logs/index.ts');
    const { comparisonText } = await import('../reports/analysis/comparisonText.ts');

    const experiments = (argv.folders as unknown[]).map((folder) => readExperiment(String(folder)));
    const baseline = lastText(argv.baseline)!;
    const alpha = readAlpha(lastText(argv.alpha));
    const by = readBy(lastText(argv.by));
    const metrics = (lastText(argv.metric) ?? 'acc,min-acc').split(',').map((name) => name.trim());
    const found = metrics.map((metric) => compareOn(experiments, { baseline, metric, by, alpha }));
    process.stdout.write(
      argv.json
        ? `${JSON.stringify(found.length === 1 ? found[0] : found, null, 2)}\n`
        : found.map((comparison) => comparisonText(comparison)).join('\n\n'),
    );
  },
} satisfies CommandModule;

function readBy(text: string | undefined): 'seed' | 'experiment' | undefined {
  if (text === undefined || text === 'seed' || text === 'experiment') return text;
  throw new UserError(`--by: must be one of seed, experiment, not ${text}`);
}

import type { Argv, CommandModule } from 'yargs';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';
import { logFlags, readLogFlags } from './logFlags.ts';

const flags = {
  ...logFlags,
  ste: { array: true, nargs: 1, describe: 'l2logger folder of a single-task expert, or a folder of them; repeatable' },
  set: { array: true, nargs: 1, describe: 'option of lifetime metrics, such as maintenance=both; repeatable' },
  rounds: { type: 'boolean', describe: 'compare rounds one by one: gains, saturation, loss from the best' },
  all: { type: 'boolean', describe: 'list noise and long tables, too' },
  report: { nargs: 1, describe: 'write a report to this file' },
  json: { type: 'boolean', describe: 'print the analysis as JSON, and nothing else, to standard output' },
} as const;

const usage = 'analyze <paths..>';

export const analyze = {
  command: usage,
  describe: 'find what dipped in the log of any tool, and whether it came back',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Finds what dipped in the log of a model trained elsewhere, when, how deep and whether it came back, beside what noise explains; and its metrics.',
      flags,
    )
      .positional('paths', { describe: 'logs: files or folders of any tool (stabgap list formats)' })
      .example('$0 analyze results/', 'a folder of lm-evaluation-harness checkpoints')
      .example('$0 analyze scores.csv --columns step=round,task=benchmark,value=acc', 'a table of your own')
      .example(
        '$0 analyze ll_logs/multi_task --ste ste_logs --json',
        'a lifetime of l2logger, with the keys of l2metrics',
      )
      .example('$0 analyze runs/demo --report demo.html', 'runs of this tool, as a page'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { analyseInFull } = await import('../analysis/index.ts');
    const { analysisText } = await import('../reports/analysis/text.ts');
    const { readLifetimeSettings, expertFolders } = await import('./lifetimeFlags.ts');

    const paths = (argv.paths as unknown[]).map(String);
    const found = analyseInFull(paths, {
      ...readLogFlags(argv),
      rounds: argv.rounds === true,
      ste: expertFolders((argv.ste ?? []) as string[]),
      lifetime: readLifetimeSettings((argv.set ?? []) as string[]),
    });
    const report = lastText(argv.report);
    if (report !== undefined) {
      const { writeAnalysisReport } = await import('../reports/index.ts');
      await writeAnalysisReport(found, report);
    }
    const analyses = found.map(({ analysis }) => analysis);
    if (argv.json) process.stdout.write(`${JSON.stringify(analyses.length === 1 ? analyses[0] : analyses, null, 2)}\n`);
    else {
      const texts = analyses.map((analysis) => analysisText(analysis, { all: argv.all === true }));
      process.stdout.write(texts.join('\n\n') + (report === undefined ? '' : `\nreport: ${report}\n`));
    }
  },
} satisfies CommandModule;

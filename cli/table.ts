import { extname } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../base/errors.ts';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';

const formats = ['latex', 'markdown', 'csv'] as const;
type Format = (typeof formats)[number];

const flags = {
  format: { nargs: 1, describe: formats.join(', '), defaultDescription: 'by the ending of --out, or markdown' },
  metrics: {
    nargs: 1,
    describe: 'the columns (stabgap list metrics), parted by commas',
    defaultDescription: 'the most telling ones',
  },
  metric: { nargs: 1, describe: 'one metric: then the columns of one table are the experiments' },
  out: { nargs: 1, describe: 'file of the table', defaultDescription: 'standard output' },
  baseline: {
    nargs: 1,
    describe: 'label of the method that the others are tested against',
    defaultDescription: 'the best of each column',
  },
  decimals: { nargs: 1, describe: 'decimals of accuracies', defaultDescription: '3, or 1 in percent' },
  percent: { type: 'boolean', describe: 'accuracies in percent' },
  std: { type: 'boolean', describe: 'after ±: the standard deviation over seeds (the default)' },
  ci: { type: 'boolean', describe: 'after ±: the 95 % t interval of the mean' },
  json: { type: 'boolean', describe: 'print the tables as JSON, and nothing else, to standard output' },
} as const;

const usage = 'table <folders..>';

export const table = {
  command: usage,
  describe: 'make tables for a paper: LaTeX, Markdown or CSV',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Makes tables for a paper: methods by metrics, or methods by experiments, over seeds, with what tests can tell apart.',
      flags,
    )
      .positional('folders', { describe: 'folders of experiments' })
      .example('$0 table runs/demo', 'in Markdown, to standard output')
      .example('$0 table runs/demo --percent --ci --out paper/demo.tex', 'in LaTeX')
      .example('$0 table runs/mnist runs/cifar --metric min-acc --baseline er', 'methods by experiments')
      .example('$0 table runs/demo --format csv > demo.csv', 'every number in full precision'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const request = readRequest(argv);
    const { readExperiment } = await import('../logs/index.ts');
    const { crossTable, csvTable, latexTable, markdownTable, paperTables } = await import('../reports/index.ts');

    const experiments = (argv.folders as unknown[]).map((folder) => readExperiment(String(folder)));
    const { metric, metrics, format, out, options } = request;
    const tables =
      metric === undefined
        ? paperTables(experiments, { ...options, metrics })
        : [crossTable(experiments, metric, options)];
    for (const { problems } of experiments)
      for (const problem of problems) process.stderr.write(`left out: ${problem}\n`);
    const each = { latex: latexTable, markdown: markdownTable };
    const text = format === 'csv' ? csvTable(tables) : tables.map(each[format]).join('\n');
    if (out !== undefined) await writeTable(out, text);
    if (argv.json) process.stdout.write(`${JSON.stringify(tables, null, 2)}\n`);
    else process.stdout.write(out === undefined ? text : `table: ${out}\n`);
  },
} satisfies CommandModule;

function readRequest(argv: Readonly<Record<string, unknown>>) {
  const metric = lastText(argv.metric)?.trim();
  const metrics = readNames(lastText(argv.metrics));
  if (metric !== undefined && metrics !== undefined)
    throw new UserError('--metric and --metrics exclude each other: columns are experiments or metrics');
  if (metric?.includes(','))
    throw new UserError(`--metric: one metric, not ${metric}; columns are metrics with --metrics`);
  if (argv.std === true && argv.ci === true) throw new UserError('--std and --ci exclude each other; leave one out');
  const out = lastText(argv.out);
  return {
    metric,
    metrics,
    out,
    format: readFormat(lastText(argv.format), out),
    options: {
      baseline: lastText(argv.baseline),
      decimals: readDecimals(lastText(argv.decimals)),
      percent: argv.percent === true,
      spread: argv.ci === true ? ('ci' as const) : ('std' as const),
    },
  };
}

function readNames(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UserError(`--metrics: ${twice} stands there twice; leave one out`);
  return names;
}

function readFormat(text: string | undefined, out: string | undefined): Format {
  if (text === undefined) {
    const endings: Readonly<Record<string, Format>> = { '.tex': 'latex', '.csv': 'csv' };
    return endings[extname(out ?? '').toLowerCase()] ?? 'markdown';
  }
  const found = formats.find((format) => format === text);
  if (!found) throw new UserError(`--format: must be one of ${formats.join(', ')}, not ${text}`);
  return found;
}

function readDecimals(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^([0-9]|10)$/.test(text)) throw new UserError(`--decimals: must be a whole number from 0 to 10, not ${text}`);
  return Number(text);
}

async function writeTable(path: string, text: string): Promise<void> {
  const { mkdirSync } = await import('node:fs');
  const { dirname } = await import('node:path');
  const { codeOf, messageOf, writeFileAtomic } = await import('../base/index.ts');
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, text);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`${path}: the table cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { UserError, unknownName } from '../base/errors.ts';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';

const flags = {
  only: {
    nargs: 1,
    describe: 'which figures, parted by commas',
    defaultDescription: 'curves,gap,matrix,bars,pareto,cd',
  },
  format: { nargs: 1, describe: 'which formats, parted by commas', defaultDescription: 'pdf,svg,png' },
  width: { nargs: 1, describe: 'width in in, cm, mm, pt or px', defaultDescription: '3.25in, on a screen 6.5in' },
  style: { nargs: 1, describe: 'paper, for print in a column, or screen, for slides', defaultDescription: 'paper' },
  metric: {
    nargs: 1,
    describe: 'what bars and cd show (stabgap list metrics)',
    defaultDescription: 'acc',
  },
  out: { nargs: 1, describe: 'folder of the figures', defaultDescription: '<folder>/figures' },
  json: { type: 'boolean', describe: 'print the written files as JSON, and nothing else, to standard output' },
} as const;

const usage = 'figures <folder>';

export const figures = {
  command: usage,
  describe: 'draw an experiment for a paper',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Draws an experiment for a paper: accuracy curves, stability gaps, accuracy matrices, bars, accuracy against FLOPs and a critical-difference diagram.',
      flags,
    )
      .positional('folder', { describe: 'the folder of an experiment' })
      .example('$0 figures runs/demo', 'all figures in all formats, into runs/demo/figures')
      .example('$0 figures runs/demo --only bars,cd --metric min-acc --format pdf', 'two figures of one metric')
      .example('$0 figures runs/demo --width 17cm --out paper/img', 'as wide as a page'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { readExperiment } = await import('../logs/index.ts');
    const { runMetrics } = await import('../metrics/index.ts');
    const reports = await import('../reports/index.ts');

    const only = names('figure', argv.only, Object.keys(reports.figures) as (keyof typeof reports.figures)[]);
    const formats = names('format', argv.format, reports.figureFormats);
    const style = readStyle(lastText(argv.style), reports.figureStyles);
    const wanted = lastText(argv.metric) ?? 'acc';
    const metric = runMetrics.find(({ name }) => name === wanted);
    if (!metric) throw unknownName('metric', wanted, runMetrics.map(({ name }) => name)); // prettier-ignore
    const width = readWidth(lastText(argv.width), reports.readLength) ?? style.width;
    const folder = String(argv.folder);
    const experiment = readExperiment(folder);
    const out = lastText(argv.out) ?? join(folder, 'figures');
    if (existsSync(out) && !statSync(out).isDirectory()) throw new UserError(`${out} is a file; choose another --out`);
    const { files, remarks } = await reports.writeFigures(experiment, {
      only,
      formats,
      style,
      metric,
      width,
      folder: out,
    });
    for (const remark of remarks) process.stderr.write(`${remark}\n`);
    process.stdout.write(argv.json ? `${JSON.stringify({ files, remarks }, null, 2)}\n` : `${files.join('\n')}\n`);
  },
} satisfies CommandModule;

/** Some of the known names, in their order; all if none is given. */
function names<T extends string>(kind: string, value: unknown, known: readonly T[]): readonly T[] {
  const text = lastText(value);
  if (text === undefined) return known;
  const given = text.split(',').map((name) => name.trim());
  const unknown = given.find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw unknownName(kind, unknown, known);
  return known.filter((name) => given.includes(name));
}

function readStyle<S>(text: string | undefined, known: { readonly paper: S; readonly screen: S }): S {
  if (text === undefined || text === 'paper' || text === 'screen') return known[text ?? 'paper'];
  throw new UserError(`--style: must be one of paper, screen, not ${text}`);
}

/** Narrower, texts of a legible size have no room; wider, bitmaps take too much memory. */
const [least, most] = [2 * 72, 12 * 72];

function readWidth(text: string | undefined, read: (text: string) => number | null): number | undefined {
  if (text === undefined) return undefined;
  const width = read(text);
  if (width !== null && width >= least && width <= most) return width;
  throw new UserError(
    `--width: must be a length from 2in to 12in, in in, cm, mm, pt or px, such as 3.25in or 83mm, not ${text}`,
  );
}

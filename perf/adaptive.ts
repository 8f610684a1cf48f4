/** @file What sparser evaluation costs and how far its metrics are off, from the folders of one experiment run in two ways. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { probeSize } from '../harness/index.ts';
import { readExperiment, type Run } from '../logs/index.ts';
import { runMetrics } from '../metrics/index.ts';

const { full, sparse } = await yargs(hideBin(process.argv))
  .usage('node dist/perf/adaptive.js --full <folder> --sparse <folder>')
  .option('full', { type: 'string', demandOption: true, describe: 'the experiment, evaluated after every update' })
  .option('sparse', { type: 'string', demandOption: true, describe: 'the same, with another --evaluate-every' })
  .strict()
  .parse();

/** Images evaluated during training: the rows of the log, and the probe after every update. The matrix costs the same in both. */
function evaluatedImages({ record, accuracy }: Run): number {
  const sizes = record.stream.tasks.map(({ evaluated }) => evaluated);
  const log = accuracy.values.reduce(
    (sum, column, task) => sum + sizes[task] * column.filter((value) => !Number.isNaN(value)).length,
    0,
  );
  if (record.evaluation.every !== 'adaptive') return log;
  const { steps, trainingTask } = accuracy;
  const probed = sizes.map((_, task) => {
    const rows = steps.filter((__, row) => trainingTask[row] === task);
    return rows.length === 0 ? 0 : (rows.at(-1)! - rows[0]) * task * probeSize(sizes);
  });
  return log + probed.reduce((sum, images) => sum + images, 0);
}

interface Compared {
  readonly method: string;
  readonly images: readonly [full: number, sparse: number];
  /** Largest difference of each metric, NaN where it is undefined, Infinity where it is in one way only. */
  readonly differences: readonly number[];
}

const other = new Map(readExperiment(sparse).runs.map((run) => [run.record.run, run]));
const compared = readExperiment(full).runs.map((run): Compared => {
  const thin = other.get(run.record.run);
  if (!thin) throw new Error(`${sparse} has no run ${run.record.run}`);
  const differences = runMetrics.map((metric) => {
    const [a, b] = [metric.compute(run), metric.compute(thin)];
    if (a === null || b === null) return a === b ? NaN : Infinity;
    return Math.abs(a - b);
  });
  return { method: run.record.method.label, images: [evaluatedImages(run), evaluatedImages(thin)], differences };
});

const share = (runs: readonly Compared[]): number =>
  runs.reduce((sum, { images }) => sum + images[1], 0) / runs.reduce((sum, { images }) => sum + images[0], 0);
const largest = (runs: readonly Compared[], metric: number): number =>
  runs.reduce((most, { differences }) => (differences[metric] > most ? differences[metric] : most), 0);

const methods = [...new Set(compared.map(({ method }) => method)), 'all'];
const rows = methods.map((method) => {
  const runs = compared.filter((run) => method === 'all' || run.method === method);
  const cells = runMetrics.map(({ unit }, metric) => {
    const defined = runs.some(({ differences }) => !Number.isNaN(differences[metric]));
    const value = largest(runs, metric);
    if (value === Infinity) return 'null in one';
    return defined ? value.toFixed(unit === 'accuracy' ? 3 : 1) : '–';
  });
  return [method, share(runs).toFixed(3), Math.max(...runs.map((run) => share([run]))).toFixed(3), ...cells];
});
const head = ['method', 'cost', 'costliest run', ...runMetrics.map(({ title }) => title)];
const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
process.stdout.write(`${lines.join('\n')}\n`);

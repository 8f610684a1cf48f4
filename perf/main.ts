/** @file `npm run perf`: measures the engine and the harness on this machine, in one run. Results: docs/performance.md */
import { cpus } from 'node:os';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { formatFigures, median, type Figure } from './measure.ts';
import { sgemmRate } from './sgemm.ts';
import { flopsPerImage, memoryAt, parallelSeconds, wholeRuns } from './splitMnist.ts';

const { dataDir } = await yargs(hideBin(process.argv))
  .usage('npm run perf -- [options]')
  .option('data-dir', { type: 'string', describe: 'folder that holds MNIST; fetched into the cache unless given' })
  .strict()
  .parse();

const say = (text: string): void => void process.stderr.write(`${text}\n`);

say(`${cpus()[0].model}, ${cpus().length} cores`);
say('1/4 SGEMM');
const sgemm = await sgemmRate();
say('2/4 Split-MNIST, experience replay, every update evaluated, in full and incrementally (about five minutes)');
const { full, auto, stretches } = await wholeRuns(dataDir);
const { cost, stream, training: options } = full;
for (const { status, reason } of [full, auto])
  if (status !== 'complete') throw new Error(`a run ended as ${status}: ${reason}`);
if (!cost || !auto.cost) throw new Error('a run ended without its cost');
// The rate is taken again, since a shared machine's speed drifts over minutes.
const sgemmAfter = await sgemmRate();
say('3/4 memory over 20,000 updates');
const [early, late] = await memoryAt([2000, 20_000], dataDir);
say('4/4 one run on one core, two on two');
const one = await parallelSeconds(1, dataDir);
const two = await parallelSeconds(2, dataDir);

const { training, evaluation, other } = cost.seconds;
const total = training + evaluation + other;
const { seconds: incremental } = auto.cost;
const incrementalTotal = incremental.training + incremental.evaluation + incremental.other;
const gains = stream.tasks.map(({ name }, i): Figure => {
  const pairs = stretches.filter(({ task }) => task === name);
  const gain = median(pairs.map((pair) => pair.full / pair.auto));
  return { name: `the same while task ${i + 1} is trained, median of ${pairs.length}`, value: gain, unit: '×' };
});
// Each task's updates are evaluated on the subsets of all tasks so far, and once before the first; the matrix on all test sets, once more.
const seen = stream.tasks.map((_, task) =>
  stream.tasks.slice(0, task + 1).reduce((sum, { evaluated }) => sum + evaluated, 0),
);
const evaluations = stream.tasks.map(({ train }) => Math.ceil(train / Number(options.batch)) + 1);
const wholeTests = stream.tasks.reduce((sum, { test }) => sum + test, 0) * (stream.tasks.length + 1);
const images = evaluations.reduce((sum, count, task) => sum + count * seen[task], 0) + wholeTests;
const rate = (images * flopsPerImage) / evaluation;
const figures: Figure[] = [
  { name: 'SGEMM, best of five shapes', value: sgemm / 1e9, unit: 'GFLOP/s' },
  { name: 'SGEMM, after the run', value: sgemmAfter / 1e9, unit: 'GFLOP/s' },
  { name: 'iterations', value: cost.updates / incrementalTotal, unit: '/s' },
  { name: 'iterations with full evaluations', value: cost.updates / total, unit: '/s' },
  { name: 'incremental / full', value: total / incrementalTotal, unit: '×', bar: { atLeast: 1.6 } },
  ...gains,
  { name: 'training, with full evaluations', value: (100 * training) / total, unit: '% of time' },
  { name: 'full evaluation', value: (100 * evaluation) / total, unit: '% of time' },
  { name: 'everything else', value: (100 * other) / total, unit: '% of time', bar: { atMost: 5 } },
  { name: 'training, per update', value: (1000 * training) / cost.updates, unit: 'ms' },
  { name: 'full evaluation', value: rate / 1e9, unit: 'GFLOP/s' },
  { name: 'full evaluation / SGEMM', value: (2 * rate) / (sgemm + sgemmAfter), unit: '', bar: { atLeast: 0.75 } },
  { name: 'resident memory at update 2,000', value: early / 2 ** 20, unit: 'MiB' },
  { name: 'growth to update 20,000', value: 100 * (late / early - 1), unit: '%', bar: { atMost: 2 } },
  { name: 'two runs on two cores / one', value: (2 * one) / two, unit: '×', bar: { atLeast: 1.7 } },
];
process.stdout.write(`${formatFigures(figures)}\n`);

/**
 * @file `npm run perf:importance`: what the importance of parameters costs at the end of a task, computed for many rows at once, beside the
 * same program compiled for one row and run in a loop. Both take turns. Results: docs/performance.md
 */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { createRng } from '../base/index.ts';
import { createStream, type Stream } from '../benchmarks/index.ts';
import { countParameters, mlp, openEngine, sgd, sizeOf, smallCnn, type Engine, type Network } from '../engine/index.ts';
import { streamInfoOf } from '../harness/index.ts';
import { createTrainer, type Setup, type Trainer } from '../methods/index.ts';
import { createFisherPass } from '../methods/shared/fisher.ts';
import type { FisherVariant } from '../methods/shared/fisherLabels.ts';
import { rowsAtOnce, rowsOf } from '../methods/shared/rowMeans.ts';
import { createSynapses } from '../methods/shared/synapses.ts';
import { median } from './measure.ts';

const { dataDir, rounds, rows, single } = await yargs(hideBin(process.argv))
  .usage('npm run perf:importance -- [options]')
  .option('data-dir', { type: 'string', describe: 'folder that holds MNIST; fetched into the cache unless given' })
  .option('rounds', { type: 'number', default: 5, describe: 'turns of each program' })
  .option('rows', { type: 'number', default: 1000, describe: 'rows of a pass' })
  .option('single', { type: 'number', default: 50, describe: 'rows of the loop, whose time is scaled up' })
  .strict()
  .parse();

const engine = await openEngine('onnx', { threads: 1 });
const stream = await createStream('split-mnist', { scenario: 'class' }, { rng: createRng('stream'), dataDir });
const image = stream.inputShape;
const networks: readonly (readonly [string, Network])[] = [
  ['MLP 784-400-400-10', mlp({ inputs: sizeOf(image), hidden: [400, 400], outputs: stream.outputCount })],
  ['small CNN', smallCnn({ inputShape: image, outputs: stream.outputCount })],
];

/** Compiles one kind of importance, over so many rows in a run; a single row is one of the loop. */
type Compile = (setup: Setup, trainer: Trainer, chunk: number) => Promise<(selected: Int32Array) => Promise<unknown>>;
const task = { index: 0, outputs: stream.tasks[0].outputs, train: stream.tasks[0].train };
const fisher =
  (variant: FisherVariant, outputsOfLoop?: number): Compile =>
  async (setup, trainer, chunk) => {
    const outputs = chunk === 1 ? outputsOfLoop : undefined;
    const pass = await createFisherPass(setup, trainer, variant, { rows: chunk, outputs });
    return (selected) => pass(task, selected);
  };
const kinds: readonly (readonly [string, Compile])[] = [
  ['Fisher, exact', fisher('exact')],
  ['Fisher, exact, the loop label by label, too', fisher('exact', 1)],
  ['Fisher, empirical', fisher('empirical')],
  [
    'MAS, absolute gradient of ‖f‖²',
    async (setup, trainer, chunk) => {
      const pass = await createSynapses(setup, trainer, 'squared', chunk);
      return (selected) => pass(selected.length, rowsOf(task, selected));
    },
  ],
];

process.stdout.write(
  '| network | importance | rows in a run | s, all rows | s, row by row | ratio |\n| - | - | - | - | - | - |\n',
);
for (const [title, network] of networks)
  for (const [kind, compile] of kinds) {
    const chunk = rowsAtOnce(network);
    const setup = setupFor(engine, stream, network);
    const trainer = createTrainer(setup);
    const whole = await compile(setup, trainer, chunk);
    const loop = await compile(setup, trainer, 1);
    const selected = createRng('rows').sample(task.train.length, rows);
    const seconds: { together: number; apart: number }[] = [];
    // The first turn warms up.
    for (let round = 0; round <= rounds; round++) {
      const together = await secondsOf(() => whole(selected));
      const apart = ((await secondsOf(() => loop(selected.subarray(0, single)))) * rows) / single;
      if (round > 0) seconds.push({ together, apart });
    }
    const cells = [
      `${title}, ${countParameters(network.parameters).toLocaleString('en-GB')} parameters`,
      kind,
      chunk,
      median(seconds.map(({ together }) => together)).toPrecision(3),
      median(seconds.map(({ apart }) => apart)).toPrecision(3),
      `${median(seconds.map(({ together, apart }) => apart / together)).toPrecision(3)} ×`,
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
await engine.dispose();

/** Processor time of this process, whose only native thread computes: other jobs on the machine take none of it. */
async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function setupFor(on: Engine, of: Stream, network: Network): Setup {
  const rng = createRng(1);
  return {
    engine: on,
    network,
    initial: network.init(rng.fork('init')),
    stream: streamInfoOf(of),
    training: { optimizer: sgd(), rate: 0.05, batch: 10, updates: of.tasks.map(() => 1), resetOptimizer: true },
    options: {},
    rng: rng.fork('method'),
    taskAt: (index) => ({ index, outputs: of.tasks[index].outputs, train: of.tasks[index].train }),
    warn: () => {},
  };
}

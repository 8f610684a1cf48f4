/**
 * @file `npm run perf:sparcl`: what training takes with each part of SparCL, beside its base. The learners of one seed take turns batch by batch, so
 * that whatever else the machine does befalls all of them alike. Setting: recipe `sparcl-split-mnist`. Results: docs/methods/sparcl.md
 */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { createRng } from '../base/index.ts';
import { createStream, type Stream } from '../benchmarks/index.ts';
import { mlp, openEngine, sgd, sizeOf, type Engine } from '../engine/index.ts';
import { streamInfoOf } from '../harness/index.ts';
import { findMethod, type Learner } from '../methods/index.ts';
import { meanAndStd } from '../metrics/index.ts';

const { dataDir, seeds, epochs, samples } = await yargs(hideBin(process.argv))
  .usage('npm run perf:sparcl -- [options]')
  .option('data-dir', { type: 'string', describe: 'folder that holds MNIST; fetched into the cache unless given' })
  .option('seeds', { type: 'number', default: 3, describe: 'number of seeds' })
  .option('epochs', { type: 'number', default: 10, describe: 'passes over each task' })
  .option('samples', { type: 'number', default: 2000, describe: 'training samples of each task' })
  .strict()
  .parse();

const capacity = 32;
const baseOptions = { memory: 200, replayBatch: 32, alpha: 0.2, beta: 1 };
const sparse = { base: 'der++', baseOptions, sparsity: 0.9, interval: 1, tdm: false, ddr: false, dgm: false };
const kinds: readonly (readonly [label: string, method: string, options: Record<string, unknown>])[] = [
  ['der++, dense', 'der++', baseOptions],
  ['static mask', 'sparcl', sparse],
  ['static mask, DDR', 'sparcl', { ...sparse, ddr: true }],
  ['TDM', 'sparcl', { ...sparse, tdm: true }],
  ['TDM, DDR', 'sparcl', { ...sparse, tdm: true, ddr: true }],
  ['TDM, DDR, DGM', 'sparcl', { ...sparse, tdm: true, ddr: true, dgm: true }],
];

interface Spent {
  /** On the clock. */
  wall: number;
  /** Of the processor. */
  processor: number;
}

const engine = await openEngine('onnx', { threads: 1 });
const spent: Spent[][] = kinds.map(() => []);
const updates: number[] = kinds.map(() => 0);
for (let seed = 1; seed <= seeds; seed++) {
  const stream = await createStream(
    'split-mnist',
    { scenario: 'class', trainSamples: samples },
    { rng: createRng(seed).fork('stream'), dataDir },
  );
  const learners = await Promise.all(
    kinds.map(([, method, options]) => createLearner(engine, stream, method, options, seed)),
  );
  const totals = kinds.map((): Spent => ({ wall: 0, processor: 0 }));
  await train(stream, learners, totals, seed);
  totals.forEach((total, kind) => spent[kind].push(total));
}
await engine.dispose();

process.stdout.write(
  '| | updates | s of the processor | s on the clock | clock, of the base | clock, of the same without DDR |\n',
);
process.stdout.write('| - | - | - | - | - | - |\n');
kinds.forEach(([label], kind) => {
  const ratio = (other: number): string =>
    figures(
      spent[kind].map(({ wall }, i) => wall / spent[other][i].wall),
      3,
    );
  const without = kinds.findIndex(([other]) => `${other}, DDR` === label);
  const cells = [
    label,
    (updates[kind] / seeds).toFixed(0),
    figures(
      spent[kind].map(({ processor }) => processor),
      1,
    ),
    figures(
      spent[kind].map(({ wall }) => wall),
      1,
    ),
    ratio(0),
    without < 0 ? '' : ratio(without),
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
});

/** Shows all tasks to all learners. */
async function train(
  stream: Stream,
  learners: readonly Learner[],
  totals: readonly Spent[],
  seed: number,
): Promise<void> {
  const batch = {
    x: new Float32Array(capacity * sizeOf(stream.inputShape)),
    y: new Int32Array(capacity),
    ids: new Int32Array(capacity),
  };
  const turn = async (action: (learner: Learner, kind: number) => Promise<unknown>): Promise<void> => {
    for (const [kind, learner] of learners.entries()) {
      const [wall, processor] = [performance.now(), process.cpuUsage()];
      await action(learner, kind);
      const { user, system } = process.cpuUsage(processor);
      totals[kind].wall += (performance.now() - wall) / 1000;
      totals[kind].processor += (user + system) / 1e6;
    }
  };
  for (const [index, { outputs, train: rows }] of stream.tasks.entries()) {
    const task = { index, outputs, train: rows };
    await turn(async (learner) => learner.beginTask?.(task));
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = createRng(`${seed}/${index}/${epoch}`).permutation(rows.length);
      for (let start = 0; start < order.length; start += capacity) {
        const part = order.subarray(start, start + capacity);
        rows.read(part, batch.x);
        part.forEach((row, i) => {
          batch.y[i] = rows.labels[row];
          batch.ids[i] = rows.ids[row];
        });
        await turn(async (learner, kind) => {
          const stats = await learner.observe({ ...batch, size: part.length, task: index });
          updates[kind] += stats.updates ?? 1;
        });
      }
    }
    await turn(async (learner) => learner.endTask?.(task));
  }
}

function createLearner(
  on: Engine,
  of: Stream,
  method: string,
  options: Record<string, unknown>,
  seed: number,
): Promise<Learner> {
  const rng = createRng(seed);
  const network = mlp({ inputs: sizeOf(of.inputShape), hidden: [400, 400], outputs: of.outputCount });
  return findMethod(method).create({
    engine: on,
    network,
    initial: network.init(rng.fork('init')),
    stream: streamInfoOf(of),
    training: {
      optimizer: sgd(),
      rate: 0.03,
      batch: capacity,
      updates: of.tasks.map((task) => epochs * Math.ceil(task.train.length / capacity)),
      resetOptimizer: true,
    },
    options: findMethod(method).parseOptions(options),
    rng: rng.fork('method'),
    taskAt: (index) => ({ index, outputs: of.tasks[index].outputs, train: of.tasks[index].train }),
    warn: () => {},
  });
}

function figures(values: readonly number[], digits: number): string {
  const { mean, std } = meanAndStd(values);
  return `${mean!.toFixed(digits)} ± ${std?.toFixed(digits) ?? '–'}`;
}

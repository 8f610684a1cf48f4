/**
 * @file `npm run perf:methods`: what an update of every method that runs in the class scenario costs beside one of experience replay, in time and
 * in bytes held. All methods take turns, so that a drift of the machine's speed hits all alike. Results: docs/performance.md
 */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { createRng } from '../base/index.ts';
import { createStream, type Stream } from '../benchmarks/index.ts';
import { mlp, openEngine, sgd, sizeOf, type Engine } from '../engine/index.ts';
import { streamInfoOf } from '../harness/index.ts';
import { methods, type Learner, type Method } from '../methods/index.ts';
import { median } from './measure.ts';
import { batchesOf } from './peers/ours.ts';

const { dataDir, rounds } = await yargs(hideBin(process.argv))
  .usage('npm run perf:methods -- [options]')
  .option('data-dir', { type: 'string', describe: 'folder that holds MNIST; fetched into the cache unless given' })
  .option('rounds', { type: 'number', default: 15, describe: 'turns of each method' })
  .strict()
  .parse();

const batch = 10;
const memory = 500;
/** Updates in a turn. */
const updates = 20;

const engine = await openEngine('onnx', { threads: 1 });
const stream = await createStream('split-mnist', { scenario: 'class' }, { rng: createRng('stream'), dataDir });
const measured: { method: Method; learner: Learner; seconds: number[] }[] = [];
for (const method of methods.filter(({ scenarios }) => scenarios.includes('class'))) {
  const learner = await createLearner(engine, stream, method);
  // The buffer is full, and there is a past task.
  await learner.beginTask?.(taskAt(0));
  for (const each of batchesOf(stream, 0, batch).slice(0, 60)) await learner.observe(each);
  await learner.endTask?.(taskAt(0));
  await learner.beginTask?.(taskAt(1));
  measured.push({ method, learner, seconds: [] });
}
const batches = batchesOf(stream, 1, batch);
// The first turn warms up.
for (let round = 0; round <= rounds; round++)
  for (const { learner, seconds } of measured) {
    const start = performance.now();
    for (let i = 0; i < updates; i++) await learner.observe(batches[(round * updates + i) % batches.length]);
    if (round > 0) seconds.push((performance.now() - start) / 1000 / updates);
  }
await engine.dispose();

const er = measured.find(({ method }) => method.name === 'er')!;
const erBytes = er.learner.cost().extraBytes;
process.stdout.write(
  '| method | ms an update | beside er | bytes held | beside er |\n| --- | --- | --- | --- | --- |\n',
);
for (const { method, learner, seconds } of measured) {
  const ratio = median(seconds.map((each, i) => each / er.seconds[i]));
  const bytes = learner.cost().extraBytes;
  const cells = [
    `\`${method.name}\``,
    (1000 * median(seconds)).toPrecision(3),
    `${ratio.toPrecision(3)} ×`,
    bytes.toLocaleString('en-GB'),
    `${(bytes / erBytes).toPrecision(3)} ×`,
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function taskAt(index: number) {
  return { index, outputs: stream.tasks[index].outputs, train: stream.tasks[index].train };
}

/** With the method's own defaults but for the size of its memory, and views that the batch is a multiple of. Of wrappers around their default bases. */
function createLearner(on: Engine, { inputShape, outputCount }: Stream, method: Method): Promise<Learner> {
  const network = mlp({ inputs: sizeOf(inputShape), hidden: [400, 400], outputs: outputCount });
  const defaults = method.parseOptions({});
  const chosen = {
    ...('memory' in defaults && { memory }),
    ...('views' in defaults && { baseOptions: { memory }, views: 2 }),
  };
  const rng = createRng(1);
  return method.create({
    engine: on,
    network,
    initial: network.init(rng.fork('init')),
    stream: streamInfoOf(stream),
    training: {
      optimizer: sgd(),
      rate: 0.05,
      batch,
      updates: stream.tasks.map(({ train }) => Math.ceil(train.length / batch)),
      resetOptimizer: true,
    },
    options: method.parseOptions(chosen),
    rng: rng.fork('method'),
    taskAt,
    warn: () => {},
  });
}

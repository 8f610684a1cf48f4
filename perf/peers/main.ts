/** @file `npm run perf:peers`: the same workloads here and as a plain PyTorch loop, in turn. See README.md beside this file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { openEngine } from '../../engine/index.ts';
import { formatFigures, median, type Figure } from '../measure.ts';
import { handOver } from './handOver.ts';
import { startPeer, type Peer } from './python.ts';
import { adaptive, evaluation, replay, step, type Context, type Workload } from './workloads.ts';

const steps = (['mlp', 'cnn', 'resnet18-slim'] as const).flatMap((network) =>
  [10, 32, 128].map((batch) => step(network, batch)),
);
const workloads: Readonly<Record<string, readonly Workload[]>> = {
  a: (['full', 'auto'] as const).map((mode) =>
    replay('mlp', { train: 100, test: 500, tasks: 5 }, mode, mode === 'full' ? 1 : 1.6),
  ),
  b: [replay('resnet18-slim', { train: 10, test: 500, tasks: 5 }, 'full', 1)],
  c: steps,
  d: [evaluation('mlp', 1000), evaluation('cnn', 200), evaluation('resnet18-slim', 200)],
  e: [adaptive('mlp', { train: 100, test: 500, tasks: 5 }, 5, 5)],
  f: [adaptive('resnet18-slim', { train: 10, test: 500, tasks: 5 }, 1, 4)],
};

const argv = await yargs(hideBin(process.argv))
  .usage('npm run perf:peers -- [options]\n\nMeasures the same workloads here and in PyTorch, in turn.')
  .option('data-dir', { type: 'string', describe: 'folder that holds MNIST and CIFAR-10; fetched unless given' })
  .option('python', { type: 'string', default: 'python3', describe: 'an interpreter that has PyTorch' })
  .option('threads', { type: 'number', default: 1, describe: 'threads of either side' })
  .option('repeats', { type: 'number', default: 5, describe: 'timed runs of either side; medians are printed' })
  .option('workloads', { type: 'string', default: 'abcd', describe: 'any of a, b, c, d, e, f; f takes half an hour' })
  .example('npm run perf:peers -- --python venv/bin/python --workloads cd', 'steps and evaluation only')
  .strict()
  .parse();

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** One workload in turn on both sides, and what its ratio should reach. */
async function measure(workload: Workload, context: Context, peer: Peer | null): Promise<Figure[]> {
  const ours = await workload.prepare(context);
  const theirs = peer && (await peer.prepare(ours.job));
  const loss = await ours.loss();
  if (theirs && Math.abs(theirs.loss - loss) > 1e-3 * Math.abs(loss))
    throw new Error(`${workload.name}: the sides compute different things: loss ${loss} here, ${theirs.loss} there`);
  const repeats = workload.repeats ?? argv.repeats;
  if (repeats > 1) await ours.run();
  const seconds: [number[], number[]] = [[], []];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await ours.run();
    seconds[0].push((performance.now() - start) / 1000);
    if (peer) seconds[1].push(await peer.run());
  }
  const counts = [ours.count, ours.theirCount ?? ours.count];
  const [here, there] = seconds.map((times, side) => counts[side] / median(times));
  say(`${workload.name}${theirs ? ` (PyTorch: ${theirs.choice})` : ''}`);
  const figures: Figure[] = [{ name: workload.name, value: here, unit: `${ours.unit}/s` }];
  if (!theirs) return figures;
  return [
    ...figures,
    { name: '  PyTorch', value: there, unit: `${ours.unit}/s` },
    { name: '  ratio', value: here / there, unit: '×', bar: { atLeast: workload.bar } },
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'stabgap-peers-'));
const engine = await openEngine('onnx', { threads: argv.threads });
const peer = await startPeer(argv.python);
if (typeof peer === 'string')
  say(
    `PyTorch is not there (${peer}): only this side is measured. pip install torch, or name an interpreter with --python`,
  );
else say(`PyTorch ${peer.version}`);
try {
  const context = { engine, files: handOver(folder), dataDir: argv['data-dir'] };
  for (const key of argv.workloads)
    for (const workload of workloads[key] ?? [])
      process.stdout.write(
        `${formatFigures(await measure(workload, context, typeof peer === 'string' ? null : peer))}\n`,
      );
} finally {
  if (typeof peer !== 'string') peer.close();
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
}

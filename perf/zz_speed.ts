import { createRng } from '../base/index.ts';
import { mlp, openEngine, sgd, adam } from '../engine/index.ts';
import { createStream } from '../benchmarks/index.ts';
import { streamInfoOf } from '../harness/index.ts';
import { findMethod } from '../methods/index.ts';
import { batchesOf } from './peers/ours.ts';
const engine = await openEngine('onnx', { threads: 1 });
const rngS = createRng('stream');
const stream = await createStream('permuted-mnist', { scenario: 'domain', tasks: 10 } as never, { rng: rngS, dataDir: process.env.DATA });
const batch = 10;
const taskAt = (i: number) => ({ index: i, outputs: stream.tasks[i].outputs, train: stream.tasks[i].train });
const names = process.argv.slice(2);
const learners = [] as any[];
for (const spec of names) {
  const [name, opt] = spec.split('=');
  const network = mlp({ inputs: 784, hidden: [100, 100], outputs: 10, bias: false });
  const rng = createRng(1);
  const method = findMethod(name);
  const l = await method.create({ engine, network, initial: network.init(rng.fork('init')), stream: streamInfoOf(stream),
    training: { optimizer: opt === 'adam' ? adam() : sgd(), rate: 0.01, batch, resetOptimizer: true },
    options: method.parseOptions(name === 'finetune' ? {} : { threshold: [0.95, 0.99, 0.99], thresholdStep: 0, ...(name === 'gpm' ? {} : { related: 0.2 }) }), rng: rng.fork('m'), taskAt, warn: console.log } as any);
  learners.push({ name, l });
}
for (let t = 0; t < 10; t++) {
  const batches = batchesOf(stream, t, batch).slice(0, 1200);
  for (const { l } of learners) await l.beginTask?.(taskAt(t));
  const times = learners.map(() => [] as number[]);
  for (let r = 0; r < 12; r++) for (const [i, { l }] of learners.entries()) {
    const s = performance.now();
    for (let k = 0; k < 100; k++) await l.observe(batches[r * 100 + k]);
    if (r > 0) times[i].push((performance.now() - s) / 100);
  }
  const med = times.map((x) => x.sort((a, b) => a - b)[5]);
  const ends: string[] = [];
  for (const { l } of learners) { const s = performance.now(); await l.endTask?.(taskAt(t)); ends.push((performance.now() - s).toFixed(0)); }
  const ranks = learners.map(({ l }) => Object.values((l.state().bases ?? l.state().spaces?.union ?? {}) as any).map((b: any) => b.rank).join('/'));
  console.log(t, learners.map((x, i) => `${x.name} ${med[i].toFixed(3)}ms (${(med[i] / med[0]).toFixed(2)}x) end ${ends[i]}ms ranks ${ranks[i]}`).join(' | '));
}
await engine.dispose();

import * as z from 'zod';
import { defineMethod, type Batch, type Setup } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createGreedyBuffer, type GreedyBuffer, type Similarity } from './shared/buffers/greedy.ts';
import { gradientProducts } from './shared/gradientProducts.ts';
import { memoryOption, positiveInteger, replayBatchOption, requireRoom } from './shared/options.ts';
import { replayState } from './shared/replayState.ts';
import { allocateRows, asRows, putBatch, rowSpecs, weightFrom } from './shared/rows.ts';
import { createTrainer, type Trainer } from './shared/trainer.ts';

/**
 * Gradient-based sample selection, greedy: replay from a buffer that prefers rows whose gradients point elsewhere than those of rows it
 * holds. Docs: docs/methods/gss.md
 */
export const gss = defineMethod({
  name: 'gss',
  title: 'Gradient-based Sample Selection (greedy)',
  family: 'replay',
  paper: 'arXiv:1903.08671',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: replayBatchOption,
    references: positiveInteger(10, {
      description: 'random batches of the buffer, of `replayBatch` rows each, to whose gradients new ones are compared',
      unit: 'batches',
      source: 'arXiv:1903.08671',
    }),
  }),
  check: (options, stream) => requireRoom('gss', options, stream),
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const { batch: b } = training;
    const { replayBatch, references } = options;
    const trainer = createTrainer(setup);
    const buffer = createGreedyBuffer(options.memory, stream.inputSize, 0, rng);
    const count = b + replayBatch;
    const rows = allocateRows(count, stream.inputSize);
    const step = await trainer.compileLoss(
      'gss',
      { rows: rowSpecs(count, stream.inputSize) },
      (parameters, inputs) => ({
        loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
        stability: () => trainer.classifier.loss(parameters, asRows(inputs.rows), weightFrom(inputs.rows.weight, b)),
      }),
    );
    const compare = await createComparison(setup, trainer, { references, size: replayBatch });
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const slots = drawViews(training.views, replayBatch, buffer.draw);
        rows.weight.fill(0);
        putBatch(rows, batch, 0, 1 / batch.size);
        buffer.store.copyTo(rows, b, slots, 1 / slots.length);
        const { loss } = await step({ rows });
        const similarity = buffer.size === 0 ? null : await compare(batch, buffer);
        const stored = buffer.add(batch, similarity);
        return { loss, stored };
      },
      ...replayState(trainer, buffer, rng),
    };
  },
});

/**
 * Compiles what compares the gradients of a stream batch, at the trainer's parameters and in inference mode, with those of up to `references`
 * disjoint random batches of `size` rows from a buffer.
 */
async function createComparison(
  { engine, network, stream, training }: Setup,
  trainer: Trainer,
  { references, size }: { references: number; size: number },
) {
  const { batch: b } = training;
  const count = b + references * size;
  const rows = allocateRows(count, stream.inputSize);
  const grouping = { singles: b, groups: references, groupSize: size };
  const program = await engine.compile(
    'gss-comparison',
    ({ held, rows: all }) => ({
      products: gradientProducts(
        network,
        trainer.classifier,
        { parameters: held, statistics: held },
        asRows(all),
        grouping,
      ),
    }),
    { held: trainer.model.specs, rows: rowSpecs(count, stream.inputSize) },
  );
  return async (batch: Batch, buffer: GreedyBuffer): Promise<Similarity> => {
    rows.weight.fill(0);
    putBatch(rows, batch, 0, 1);
    const drawn = buffer.draw(references * size);
    const groups = Math.ceil(drawn.length / size);
    for (let group = 0; group < groups; group++) {
      const members = drawn.subarray(group * size, (group + 1) * size);
      buffer.store.copyTo(rows, b + group * size, members, 1 / members.length);
    }
    const { products } = await program.run({ held: trainer.model.parameters(), rows });
    trainer.addFlops(program.flops);
    return similarityOf((i, j) => products[i * (b + references) + j], batch.size, b, groups);
  };
}

/**
 * Largest cosines with the gradients of groups, from inner products.
 * @param product of two gradients: rows first, of which `size` count, groups from `first` on
 */
function similarityOf(
  product: (i: number, j: number) => number,
  size: number,
  first: number,
  groups: number,
): Similarity {
  const rows = Array.from({ length: size }, (_, row) => row);
  /** Of a sum of row gradients. */
  const similarity = (members: readonly number[]): number => {
    const norm = Math.sqrt(total(members, (i) => total(members, (j) => product(i, j))));
    const cosines = Array.from({ length: groups }, (_, group) => {
      const other = first + group;
      // Where a gradient vanishes there is no angle; rounding may leave a square a little below 0.
      const norms = norm * Math.sqrt(product(other, other));
      return norms > 0 ? total(members, (i) => product(i, other)) / norms : 0;
    });
    return Math.max(...cosines);
  };
  return { batch: similarity(rows), rows: rows.map((row) => similarity([row])) };
}

function total(members: readonly number[], value: (member: number) => number): number {
  return members.reduce((sum, member) => sum + value(member), 0);
}

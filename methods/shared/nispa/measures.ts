import { float32, tf, type Tensor, type Tensor1D, type Tensor2D, type Tensors } from '../../../engine/index.ts';
import type { LearnerTask, Setup } from '../../contract.ts';
import { allocateRows, asRows, rowSpecs } from '../rows.ts';
import type { Trainer } from '../trainer.ts';
import type { Connections } from './connections.ts';

/** Rows that go through the network at once. */
const chunk = 100;

/** What the current model does on rows of a task, in inference mode. */
export interface Measures {
  /** Mean over rows of what each hidden layer's units put out, as the next layer reads it, summed over the pixels of a map. */
  activity(task: LearnerTask, rows: Int32Array): Promise<Float64Array[]>;
  /** Number of rows of which the right output wins among the task's own. */
  right(task: LearnerTask, rows: Int32Array): Promise<number>;
}

export async function createMeasures(
  { engine, network, stream }: Pick<Setup, 'engine' | 'network' | 'stream'>,
  trainer: Trainer,
  layers: readonly Connections[],
): Promise<Measures> {
  const { model, classifier } = trainer;
  const rows = allocateRows(chunk, stream.inputSize);
  /** Those that read hidden units. */
  const readers = layers.slice(1);

  // A program needs results.
  const look =
    readers.length === 0
      ? null
      : await engine.compile(
          'nispa-activity',
          (all) => {
            const sums: Tensors = {};
            const note = <M extends Tensor>(name: string, input: M, output: M): M => {
              const reader = readers.find(({ layer }) => layer === name);
              if (reader) sums[name] = sumOver(input, all.counted as Tensor1D, reader.sources);
              return output;
            };
            network.apply(all.model, all.x as Tensor2D, {
              mode: 'inference',
              statistics: all.model,
              tap: note,
              mapTap: note,
            });
            return { sums };
          },
          { model: model.specs, x: float32(chunk, stream.inputSize), counted: float32(chunk) },
        );
  const score = await engine.compile(
    'nispa-accuracy',
    (all) => {
      const batch = asRows(all.rows);
      const logits = classifier.compete(model.logits(all.model, batch.x), batch.task);
      const right = tf.cast(tf.equal(tf.argMax(logits, 1), batch.y), 'float32');
      return { right: tf.sum(tf.mul(right, batch.weight)) };
    },
    { model: model.specs, rows: rowSpecs(chunk, stream.inputSize) },
  );

  /** Fills the rows with some of a task, and gives weight 0 to what is left over. */
  function* chunksOf({ index, train }: LearnerTask, which: Int32Array): Generator<void> {
    rows.task.fill(index);
    for (let start = 0; start < which.length; start += chunk) {
      const part = which.subarray(start, start + chunk);
      train.read(part, rows.x);
      part.forEach((row, i) => (rows.y[i] = train.labels[row]));
      rows.weight.fill(1, 0, part.length).fill(0, part.length);
      yield;
    }
  }

  return {
    async activity(task, which) {
      const means = readers.map(({ sources }) => new Float64Array(sources));
      if (!look) return means;
      for (const _ of chunksOf(task, which)) {
        const { sums } = await look.run({ model: model.parameters(), x: rows.x, counted: rows.weight });
        trainer.addFlops(look.flops);
        readers.forEach(({ layer }, l) => {
          for (let unit = 0; unit < means[l].length; unit++) means[l][unit] += sums[layer][unit] / which.length;
        });
      }
      return means;
    },
    async right(task, which) {
      let right = 0;
      for (const _ of chunksOf(task, which)) {
        right += (await score.run({ model: model.parameters(), rows })).right[0];
        trainer.addFlops(score.flops);
      }
      return right;
    },
  };
}

/** `[units]`, over the rows that count and the pixels. @param input `[rows, …]`, units last */
function sumOver(input: Tensor, counted: Tensor1D, units: number): Tensor {
  const rows = input.shape[0];
  return tf.sum(tf.mul(tf.reshape(input, [rows, -1, units]), tf.reshape(counted, [rows, 1, 1])), [0, 1]);
}

import type { Rng } from '../base/index.ts';
import type { Samples, Stream } from '../benchmarks/index.ts';
import { float32, int32, sizeOf, tf, type Engine, type Tensor1D, type Tensor2D } from '../engine/index.ts';
import { headMask, logLikelihood, type Model } from '../methods/index.ts';

/** Rows that go through the model at once: few enough for the activations to stay in cache, enough to keep the matrix products busy. */
const largestChunk = 500;

export interface Score {
  /** Share of right answers, in [0, 1]. */
  readonly accuracy: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
}

export interface Evaluator {
  /** Test rows in each task's fixed subset. */
  readonly subsetSizes: readonly number[];
  /** Scores on the fixed subsets of the first `count` tasks. */
  evaluate(count: number): Promise<Score[]>;
  /** Scores on the whole test set of every task. */
  evaluateAll(): Promise<Score[]>;
}

interface Chunk {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly weight: Float32Array;
}

/**
 * Measures a model in inference mode without touching it or any generator it uses.
 * @param subset largest number of test rows per task in the fixed subsets
 * @param rng draws the subsets, once, here
 */
export async function createEvaluator(
  engine: Engine,
  model: Model,
  stream: Stream,
  subset: number,
  rng: Rng,
): Promise<Evaluator> {
  const inputSize = sizeOf(stream.inputShape);
  const { tasks, outputCount } = stream;
  const subsets = tasks.map(({ test }, task) =>
    rng.fork(`subset/${task}`).sample(test.length, Math.min(subset, test.length)).toSorted(),
  );
  const largest = Math.max(...subsets.map((rows) => rows.length));
  const chunk = Math.ceil(largest / Math.ceil(largest / largestChunk));
  const masks = tasks.map(({ outputs }) => headMask(outputs, outputCount));
  const program = await compile(engine, model, chunk, inputSize, outputCount, stream.scenario === 'task');

  const chunksOf = (samples: Samples, rows: Int32Array): Chunk[] =>
    Array.from({ length: Math.ceil(rows.length / chunk) }, (_, i) => {
      const part = rows.subarray(i * chunk, (i + 1) * chunk);
      const made = {
        x: new Float32Array(chunk * inputSize),
        y: new Int32Array(chunk),
        weight: new Float32Array(chunk).fill(1, 0, part.length),
      };
      samples.read(part, made.x);
      part.forEach((row, j) => (made.y[j] = samples.labels[row]));
      return made;
    });
  const resident = tasks.map(({ test }, task) => chunksOf(test, subsets[task]));
  const result = { correct: new Float32Array(1), loss: new Float32Array(1) };

  async function score(task: number, chunks: readonly Chunk[], count: number): Promise<Score> {
    let correct = 0;
    let loss = 0;
    for (const rows of chunks) {
      await program.run({ parameters: model.parameters(), mask: masks[task], rows }, result);
      correct += result.correct[0];
      loss += result.loss[0];
    }
    return { accuracy: correct / count, loss: loss / count };
  }

  return {
    subsetSizes: subsets.map((rows) => rows.length),
    async evaluate(count) {
      const scores: Score[] = [];
      for (let task = 0; task < count; task++) scores.push(await score(task, resident[task], subsets[task].length));
      return scores;
    },
    async evaluateAll() {
      const scores: Score[] = [];
      for (const [task, { test }] of tasks.entries()) {
        const rows = Int32Array.from({ length: test.length }, (_, row) => row);
        let sums = { accuracy: 0, loss: 0 };
        // One chunk at a time: the whole test set of a long stream need not be in memory.
        for (let start = 0; start < rows.length; start += chunk) {
          const part = rows.subarray(start, start + chunk);
          const { accuracy, loss } = await score(task, chunksOf(test, part), 1);
          sums = { accuracy: sums.accuracy + accuracy, loss: sums.loss + loss };
        }
        scores.push({ accuracy: sums.accuracy / test.length, loss: sums.loss / test.length });
      }
      return scores;
    },
  };
}

function compile(engine: Engine, model: Model, chunk: number, inputSize: number, outputCount: number, masked: boolean) {
  return engine.compile(
    'evaluate',
    ({ parameters, mask, rows }) => {
      const all = model.logits(parameters, rows.x as Tensor2D);
      const logits: Tensor2D = masked ? tf.add(all, mask) : all;
      const right = tf.cast(tf.equal(tf.argMax(logits, 1), rows.y), 'float32');
      return {
        correct: tf.sum(tf.mul(right, rows.weight)),
        loss: tf.neg(tf.sum(tf.mul(logLikelihood(logits, rows.y as Tensor1D), rows.weight))),
      };
    },
    {
      parameters: model.specs,
      mask: float32(outputCount),
      rows: { x: float32(chunk, inputSize), y: int32(chunk), weight: float32(chunk) },
    },
  );
}

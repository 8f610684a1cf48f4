import type { Rng } from '../base/index.ts';
import type { Samples, Scenario, Stream } from '../benchmarks/index.ts';
import {
  float32,
  int32,
  sizeOf,
  tf,
  type Engine,
  type Tensor1D,
  type Tensor2D,
  type TensorsOf,
  type WeightProduct,
} from '../engine/index.ts';
import { headMask, logLikelihood, type Model, type State } from '../methods/index.ts';
import type { EvaluateMode } from './experimentSchema.ts';
import type { EvaluationSpecs, Measure } from './imagePrograms.ts';
import { createIncremental, type EvaluationRows, type RunChunk } from './incremental.ts';

/** Rows that go through the model at once: enough to keep the matrix products busy, and few enough for their activations to stay in cache. */
const largestChunk = 500;

/** Bytes that the activations of a layer may take, about what lies in a processor's last cache. */
const cacheBytes = 32 * 2 ** 20;

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
  /** The products that a prediction takes for each row; null if the engine cannot tell. */
  readonly inference: readonly WeightProduct[] | null;
  /** How the subsets were evaluated so far. */
  readonly usage: EvaluationUsage;
  /** What later scores depend on to the last digit. */
  state(): State;
  /** To be called after the learner was restored. */
  restore(state: State): void;
}

export interface EvaluationUsage {
  /** Evaluations after which an incremental one starts anew; null where all evaluations are full ones. */
  readonly refreshEvery: number | null;
  /** Number of evaluations that were incremental. */
  readonly incremental: number;
}

export interface EvaluatorOptions {
  /** `auto`: incremental where that is possible and pays; `full`: never. */
  readonly mode?: EvaluateMode;
  /** Largest rank of a change that is followed; by what pays unless given. */
  readonly largestRank?: number;
}

/** How rows are scored in a scenario: with weights 1, the number of right answers and the sum of cross-entropies. */
export function measureIn(scenario: Scenario): Measure {
  return (logits, { mask, rows }) => {
    const competing: Tensor2D = scenario === 'task' ? tf.add(logits, mask) : logits;
    const right = tf.cast(tf.equal(tf.argMax(competing, 1), rows.y), 'float32');
    return {
      correct: tf.sum(tf.mul(right, rows.weight)),
      loss: tf.neg(tf.sum(tf.mul(logLikelihood(competing, rows.y as Tensor1D), rows.weight))),
    };
  };
}

/** Rows of equal chunks of at most `most` rows that hold `rows` rows together. */
function evenChunk(rows: number, most: number): number {
  return Math.ceil(rows / Math.ceil(rows / most));
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
  { mode = 'auto', largestRank }: EvaluatorOptions = {},
): Promise<Evaluator> {
  const inputSize = sizeOf(stream.inputShape);
  const { tasks, outputCount } = stream;
  const subsets = tasks.map(({ test }, task) =>
    rng.fork(`subset/${task}`).sample(test.length, Math.min(subset, test.length)).toSorted(),
  );
  const largest = Math.max(...subsets.map((rows) => rows.length));
  const masks = tasks.map(({ outputs }) => headMask(outputs, outputCount));
  const measure = measureIn(stream.scenario);
  const compile = (rows: number) => {
    const specs: EvaluationSpecs = {
      parameters: model.specs,
      mask: float32(outputCount),
      rows: { x: float32(rows, inputSize), y: int32(rows), weight: float32(rows) },
    };
    const scored = (all: TensorsOf<EvaluationSpecs>) =>
      measure(model.logits(all.parameters, all.rows.x as Tensor2D), all);
    return engine.compile('evaluate', scored, specs).then((program) => ({ program, specs }));
  };
  let chunk = evenChunk(largest, largestChunk);
  let { program, specs } = await compile(chunk);
  const bytes = program.largestBytes ?? 0;
  if (bytes > cacheBytes) {
    await program.dispose();
    chunk = evenChunk(largest, Math.max(1, Math.floor((chunk * cacheBytes) / bytes)));
    ({ program, specs } = await compile(chunk));
  }

  const chunksOf = (samples: Samples, rows: Int32Array): EvaluationRows[] =>
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

  const incremental =
    mode === 'full'
      ? null
      : createIncremental(
          { engine, model, specs, measure },
          resident.map(({ length }) => length),
          largestRank,
        );

  async function score(
    task: number,
    chunks: readonly EvaluationRows[],
    count: number,
    run: RunChunk = (feeds) => program.run(feeds, result),
  ): Promise<Score> {
    let correct = 0;
    let loss = 0;
    for (const [i, rows] of chunks.entries()) {
      await run({ parameters: model.parameters(task), mask: masks[task], rows }, result, task, i);
      correct += result.correct[0];
      loss += result.loss[0];
    }
    return { accuracy: correct / count, loss: loss / count };
  }

  return {
    subsetSizes: subsets.map((rows) => rows.length),
    inference: program.products?.map((product) => ({ ...product, flops: product.flops / chunk })) ?? null,
    async evaluate(count) {
      await model.prepare?.();
      const run = (await incremental?.begin(count)) ?? undefined;
      const scores: Score[] = [];
      for (let task = 0; task < count; task++)
        scores.push(await score(task, resident[task], subsets[task].length, run));
      return scores;
    },
    async evaluateAll() {
      await model.prepare?.();
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
    get usage() {
      return { refreshEvery: incremental?.refreshEvery ?? null, incremental: incremental?.used ?? 0 };
    },
    state: () => ({ incremental: incremental?.state() ?? null }),
    restore(state) {
      if (state.incremental) incremental?.restore(state.incremental as State);
    },
  };
}

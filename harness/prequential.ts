import type { Stream } from '../benchmarks/index.ts';
import { float32, int32, sizeOf, type Engine, type Tensor2D } from '../engine/index.ts';
import { headMask, type Batch, type Model } from '../methods/index.ts';
import { measureIn, type Score } from './evaluate.ts';

/** Scores a model on rows of the stream before it learns them: test, then train. */
export interface Prequential {
  /**
   * Scores the model as it is, in inference mode, on the valid rows of a batch as the stream gives them.
   * @param task position in the stream, also of a task-free one; in the task scenario only its outputs compete
   */
  score(batch: Pick<Batch, 'x' | 'y' | 'size'>, task: number): Promise<Score>;
}

/**
 * Touches neither the model's trained parameters nor any generator, nor what an incremental evaluation follows.
 * @param capacity rows of a full batch
 */
export async function createPrequential(
  engine: Engine,
  model: Model,
  stream: Stream,
  capacity: number,
): Promise<Prequential> {
  const { tasks, outputCount, scenario } = stream;
  const masks = tasks.map(({ outputs }) => headMask(outputs, outputCount));
  const measure = measureIn(scenario);
  const program = await engine.compile(
    'prequential',
    (all) => measure(model.logits(all.parameters, all.rows.x as Tensor2D), all),
    {
      parameters: model.specs,
      mask: float32(outputCount),
      rows: { x: float32(capacity, sizeOf(stream.inputShape)), y: int32(capacity), weight: float32(capacity) },
    },
  );
  const weight = new Float32Array(capacity);
  const sums = { correct: new Float32Array(1), loss: new Float32Array(1) };
  return {
    async score({ x, y, size }, task) {
      await model.prepare?.();
      weight.fill(1, 0, size).fill(0, size);
      await program.run({ parameters: model.parameters(task), mask: masks[task], rows: { x, y, weight } }, sums);
      return { accuracy: sums.correct[0] / size, loss: sums.loss[0] / size };
    },
  };
}

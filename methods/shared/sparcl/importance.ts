import { float32, lossGradients, tf, type Arrays, type Scalar } from '../../../engine/index.ts';
import type { Batch, Setup, StreamInfo } from '../../contract.ts';
import type { ExtraSizes, Store } from '../buffers/store.ts';
import { crossEntropy, headMask, type Classifier } from '../classifier.ts';
import type { Compete } from '../rehearsal.ts';
import { createRowMeans, type ReadRows } from '../rowMeans.ts';
import type { Trainer } from '../trainer.ts';

/** Some labelled rows. */
export interface RowSource {
  readonly count: number;
  readonly read: ReadRows;
}

/** What the parts of an importance weigh (equations 1 and 3 of arXiv:2209.09476). */
export interface ImportanceWeights {
  /** Of the gradient on the current task's rows. */
  readonly alpha: number;
  /** Of the gradient on the buffer's rows. */
  readonly beta: number;
}

/**
 * α·|∂L̃(current)/∂w| + β·|∂L(buffer)/∂w| for each weight; L̃ and L are mean cross-entropies, L̃ over the outputs of the current task only, so that
 * weights are not held to be important for what they do to other classes.
 * @param current `[weights]`, ∂L̃/∂w; @param memory ∂L/∂w, undefined while there is nothing to remember
 */
export function gradientImportance(
  current: ArrayLike<number>,
  memory: ArrayLike<number> | undefined,
  { alpha, beta }: ImportanceWeights,
): Float32Array {
  const importance = new Float32Array(current.length);
  for (let i = 0; i < importance.length; i++)
    importance[i] = alpha * Math.abs(current[i]) + (memory ? beta * Math.abs(memory[i]) : 0);
  return importance;
}

/** Continual weight importance: |w| + α·|∂L̃(current)/∂w| + β·|∂L(buffer)/∂w|. */
export function weightImportance(
  weights: ArrayLike<number>,
  current: ArrayLike<number>,
  memory: ArrayLike<number> | undefined,
  weighting: ImportanceWeights,
): Float32Array {
  const importance = gradientImportance(current, memory, weighting);
  for (let i = 0; i < importance.length; i++) importance[i] += Math.abs(weights[i]);
  return importance;
}

/** As a classifier has it, but that rows of the stream batch compete among the outputs of their own task only. */
export function singleHead({ taskOutputs, outputCount }: StreamInfo, classifier: Classifier): Compete {
  const heads = taskOutputs.map((outputs) => [...headMask(outputs, outputCount)]);
  return (logits, task, fresh) => {
    const own = tf.gather(tf.tensor2d(heads), task);
    const isFresh = tf.tensor2d(Array.from({ length: logits.shape[0] }, (_, row) => [Number(row < fresh)]));
    return tf.add(classifier.compete(logits, task), tf.mul(own, isFresh));
  };
}

/** The gradients of the loss on rows of the current task and on rows of the buffer; none of the latter where there are no rows. */
export type SidedGradients = (
  current: RowSource,
  memory: RowSource,
) => Promise<{ readonly current: Arrays; readonly memory: Arrays | undefined }>;

/**
 * Compiles a pass for the gradients of the mean cross-entropy with respect to some weights, in inference mode, without augmentation.
 * @param names of the weights
 */
export async function createSidedGradients(
  setup: Setup,
  trainer: Trainer,
  names: readonly string[],
): Promise<SidedGradients> {
  const { network, stream, training } = setup;
  const { classifier } = trainer;
  const heads = stream.taskOutputs.map((outputs) => [...headMask(outputs, stream.outputCount)]);
  const specs = Object.fromEntries(names.map((name) => [name, network.parameters[name]]));
  const means = await createRowMeans(
    setup,
    trainer,
    { name: 'sparcl-importance', specs, given: { own: float32() }, chunk: training.batch },
    (model, rows, given) => {
      const pass = { mode: 'inference', statistics: model.statistics } as const;
      const restriction = tf.mul(tf.gather(tf.tensor2d(heads), rows.task), given.own as Scalar);
      return lossGradients(
        (p) => {
          const logits = classifier.logits({ ...model.parameters, ...p }, rows, pass);
          return {
            loss: crossEntropy(tf.add(classifier.compete(logits, rows.task), restriction), rows.y, rows.weight),
          };
        },
        Object.fromEntries(names.map((name) => [name, model.parameters[name]])),
      ).gradients;
    },
  );
  const gradients = ({ count, read }: RowSource, own: 0 | 1): Promise<Arrays> =>
    means(count, read, () => [{ own: Float32Array.of(own) }]);
  return async (current, memory) => ({
    current: await gradients(current, 1),
    memory: memory.count > 0 ? await gradients(memory, 0) : undefined,
  });
}

/** The rows in some slots of a store. */
export function storedRows(store: Pick<Store<ExtraSizes>, 'copyTo'>, slots: Int32Array): RowSource {
  return {
    count: slots.length,
    read: (rows, start, count) => store.copyTo(rows, 0, slots.subarray(start, start + count), 0),
  };
}

/** The rows of a batch. */
export function batchRows({ x, y, size, task }: Batch): RowSource {
  const width = x.length / y.length;
  return {
    count: size,
    read(rows, start, count) {
      rows.x.set(x.subarray(start * width, (start + count) * width));
      rows.y.set(y.subarray(start, start + count));
      rows.task.fill(task, 0, count);
    },
  };
}

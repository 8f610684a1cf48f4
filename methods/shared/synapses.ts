import { tf, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import type { Setup, StreamInfo } from '../contract.ts';
import type { Classifier } from './classifier.ts';
import { absoluteRowGradients, type RowObjective } from './rowGradients.ts';
import { createRowMeans, rowsAtOnce } from './rowMeans.ts';
import type { Trainer } from './trainer.ts';

/** What of the logits f the importance is the sensitivity of: ‖f‖₂² or ‖f‖₂. */
export const norms = ['squared', 'plain'] as const;
export type Norm = (typeof norms)[number];

/** Below it ‖f‖₂² counts as constant: the norm has no gradient at 0. */
const least = 1e-24;

/**
 * `[rows]`, the norm of each row's logits, in inference mode: over all outputs, or in the task scenario over those of the row's task, which
 * are all that it can be told apart by.
 */
export function outputNorm(
  { logits }: Classifier,
  { scenario, taskOutputs, outputCount }: StreamInfo,
  norm: Norm,
): RowObjective {
  const own = taskOutputs.map((outputs) =>
    Array.from({ length: outputCount }, (_, output) => Number(outputs.includes(output))),
  );
  return (parameters, rows, pass) => {
    const all = logits(parameters, rows, pass);
    const counted = scenario === 'task' ? (tf.mul(all, tf.gather(tf.tensor2d(own), rows.task)) as Tensor2D) : all;
    const squares = tf.sum(tf.square(counted), 1) as Tensor1D;
    return norm === 'squared' ? squares : tf.sqrt(tf.maximum(squares, least));
  };
}

/**
 * Compiles the importance of Memory Aware Synapses (arXiv:1711.09601): for each parameter θ the mean over rows n of |∂ ‖f(xₙ)‖ / ∂θ|, the size
 * being taken of every single row's gradient. No labels are read.
 * @param chunk rows handled by one run
 */
export function createSynapses(setup: Setup, trainer: Trainer, norm: Norm, chunk = rowsAtOnce(setup.network)) {
  const { network, stream } = setup;
  const { classifier } = trainer;
  const objective = outputNorm(classifier, stream, norm);
  return createRowMeans(setup, trainer, { name: 'synapses', specs: network.parameters, chunk }, (model, rows) =>
    absoluteRowGradients(network, classifier, model, rows, objective),
  );
}

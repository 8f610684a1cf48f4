import {
  allocate,
  lossGradients,
  tf,
  type Arrays,
  type Network,
  type Tensor,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { LearnerTask, Setup } from '../contract.ts';
import type { Classifier } from './classifier.ts';
import { allocateRows, asRows, rowSpecs, type RowTensors } from './rows.ts';
import type { Trainer } from './trainer.ts';

/**
 * Which labels the Fisher information is taken over: `exact` sums over all competing outputs, weighted by the model's own probabilities
 * (the true Fisher information, of these rows); `empirical` takes the labels of the data.
 */
export const fisherVariants = ['exact', 'empirical'] as const;
export type FisherVariant = (typeof fisherVariants)[number];

/** Rows handled by one run of the program. */
const chunk = 100;

/**
 * Compiles a pass that computes the diagonal of the Fisher information at the trainer's parameters over some training rows of a task:
 * for each parameter θ the mean over rows n of Σ_c q(c|xₙ)·(∂ log p(c|xₙ) / ∂θ)², with q = p (`exact`) or the label's indicator
 * (`empirical`). Squares are of every single row's gradient, never of a batch's mean.
 */
export async function createFisherPass({ engine, network, stream }: Setup, trainer: Trainer, variant: FisherVariant) {
  const program = await engine.compile(
    `fisher-${variant}`,
    ({ parameters, rows, sum }) => {
      const squares = squaredRowGradients(network, trainer.classifier, parameters, asRows(rows), variant);
      return { sum: Object.fromEntries(Object.keys(squares).map((name) => [name, tf.add(sum[name], squares[name])])) };
    },
    { parameters: network.parameters, rows: rowSpecs(chunk, stream.inputSize), sum: network.parameters },
  );
  const everyOutput = Array.from({ length: stream.outputCount }, (_, output) => output);

  return async (task: LearnerTask, selected: Int32Array): Promise<Arrays> => {
    let sum = allocate(network.parameters);
    let next = allocate(network.parameters);
    const rows = allocateRows(chunk, stream.inputSize);
    rows.task.fill(task.index);
    const competing = stream.scenario === 'task' ? task.outputs : everyOutput;
    for (let start = 0; start < selected.length; start += chunk) {
      const part = selected.subarray(start, start + chunk);
      task.train.read(part, rows.x);
      rows.weight.fill(0).fill(1 / selected.length, 0, part.length);
      // The exact one takes each competing output in turn as the label of all rows.
      for (const output of variant === 'exact' ? competing : [null]) {
        if (output === null) part.forEach((row, i) => (rows.y[i] = task.train.labels[row]));
        else rows.y.fill(output);
        await program.run({ parameters: trainer.parameters, rows, sum }, { sum: next });
        trainer.addFlops(program.flops);
        [sum, next] = [next, sum];
      }
    }
    return sum;
  };
}

/**
 * Σₙ wₙ·qₙ·(∂ log p(yₙ|xₙ) / ∂θ)² for every parameter of linear layers, without a loop over rows: with a layer's input a and output z
 * the gradient of row n is aₙ ⊗ δₙ, δₙ = ∂/∂zₙ, so the sum of its squares is the matrix product (a²)ᵀ(w·q·δ²). δ is read as the
 * gradient with respect to a zero added to the layer's output.
 */
export function squaredRowGradients(
  network: Network,
  classifier: Classifier,
  parameters: Tensors,
  rows: RowTensors,
  variant: FisherVariant,
): Tensors {
  const count = rows.x.shape[0];
  const zeros = Object.fromEntries(
    network.layers.map(({ name, outputs }) => [name, tf.zeros([count, outputs]) as Tensor]),
  );
  const { gradients, aux } = lossGradients((offsets) => {
    const inputs: Tensors = {};
    const likelihood = classifier.logLikelihood(parameters, rows, (layer, input, output) => {
      inputs[layer] = input;
      return tf.add(output, offsets[layer]);
    });
    return { loss: tf.sum(likelihood), aux: { ...inputs, likelihood } };
  }, zeros);
  const probability = variant === 'exact' ? tf.exp(aux.likelihood) : tf.onesLike(aux.likelihood);
  const weight = tf.reshape(tf.mul(rows.weight, probability), [count, 1]);
  return Object.fromEntries(
    network.layers.flatMap(({ name }) => {
      const delta = tf.mul(tf.square(gradients[name]), weight) as Tensor2D;
      return [
        [`${name}/weight`, tf.matMul(tf.square(aux[name]) as Tensor2D, delta, true) as Tensor],
        [`${name}/bias`, tf.sum(delta, 0) as Tensor],
      ];
    }),
  );
}

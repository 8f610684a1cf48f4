import { UserError } from '../../base/index.ts';
import {
  allocate,
  float32,
  tf,
  type Arrays,
  type Network,
  type Scalar,
  type Specs,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { Setup, State } from '../contract.ts';
import { crossEntropy } from './classifier.ts';
import { seeRows } from './rowGradients.ts';
import { createRowMeans, type ReadRows } from './rowMeans.ts';
import type { RowTensors } from './rows.ts';
import { outputNorm } from './synapses.ts';
import { assign, bytesOf, type Trainer } from './trainer.ts';

/** Widths of a layer in one standard deviation of the neighbourhood: σ = width/6. */
const deviationsInWidth = 6;

/** `[width, width]`, N_ij = exp(−(i − j)²/(2σ²)) with σ = width/6, and 0 where i = j. */
function neighbourhood(width: number): Tensor2D {
  const units = tf.range(0, width);
  const distance = tf.sub(tf.reshape(units, [width, 1]), tf.reshape(units, [1, width]));
  const near = tf.exp(tf.mul(tf.square(distance), -((deviationsInWidth / width) ** 2) / 2));
  return tf.mul(near, tf.cast(tf.notEqual(distance, 0), 'float32'));
}

/**
 * Σ_{i≠j} N_ij·e^{−(α_i + α_j)}·Σₘ wₘ·hₘᵢ·hₘⱼ (SLNID, arXiv:1806.05421): how often units near one another in a layer are active together. The
 * activations are never negative, so that no sum over rows needs its size taken.
 * @param activations `[rows, width]`, h, after ReLU @param weight `[rows]`, w: the mean over rows if they sum to 1
 * @param importance `[width]`, α: units that old tasks need are inhibited less
 */
export function coactivity(activations: Tensor2D, weight: Tensor1D, importance: Tensor1D): Scalar {
  const [rows, width] = activations.shape;
  const inhibited = tf.mul(activations, tf.exp(tf.neg(importance))) as Tensor2D;
  const met = tf.mul(inhibited, tf.matMul(inhibited, neighbourhood(width)));
  return tf.sum(tf.mul(met, tf.reshape(weight, [rows, 1])));
}

/** Selfless Sequential Learning beside another method: sparse activity leaves room for later tasks. */
export interface Decorrelation {
  /** α of the units, by layer; what a program takes. */
  readonly specs: Specs;
  /** Live. */
  readonly importance: Arrays;
  /** Cross-entropy of the rows, with λ_s·Σ over hidden layers of the coactivity on top: that term is `decorrelation`. */
  loss(parameters: Tensors, rows: RowTensors, importance: Tensors): { loss: Scalar; decorrelation: Scalar };
  /** At a task's end: α ← α + mean over rows of |∂ ‖f(x)‖² / ∂z|, z what the unit's ReLU is given, f the logits. */
  learn(total: number, read: ReadRows): Promise<void>;
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/**
 * @param strength λ_s @returns null where it is 0: then nothing is computed
 * @throws {UserError} if the network has no hidden layer of units
 */
export async function createDecorrelation(
  setup: Setup,
  trainer: Trainer,
  { method, strength }: { readonly method: string; readonly strength: number },
): Promise<Decorrelation | null> {
  if (strength === 0) return null;
  const { network, stream } = setup;
  const { classifier } = trainer;
  const layers = hiddenUnits(network);
  if (layers.length === 0)
    throw new UserError(
      `method ${method}: sni: network ${network.name} has no hidden layer of units to decorrelate; choose an mlp with hidden layers, or a cnn, or set sni=0`,
    );
  const specs = Object.fromEntries(layers.map(({ name, outputs }) => [name, float32(outputs)]));
  const importance = allocate(specs);
  const objective = outputNorm(classifier, stream, 'squared');
  const unitImportance = await createRowMeans(setup, trainer, { name: 'unit-importance', specs }, (model, rows) =>
    seeRows(
      classifier,
      model,
      rows,
      (seen) => {
        const weight = tf.reshape(rows.weight, [1, -1]) as Tensor2D;
        const sizes = (name: string) => tf.matMul(weight, tf.abs(seen(name).delta) as Tensor2D);
        return Object.fromEntries(layers.map(({ name, outputs }) => [name, tf.reshape(sizes(name), [outputs])]));
      },
      objective,
    ),
  );
  return {
    specs,
    importance,
    loss(parameters, rows, alphas) {
      const { logits, sums } = classifier.seeUnits(parameters, rows);
      const learning = crossEntropy(classifier.compete(logits, rows.task), rows.y, rows.weight);
      const terms = layers.map(({ name }) =>
        coactivity(tf.relu(sums[name]) as Tensor2D, rows.weight, alphas[name] as Tensor1D),
      );
      const decorrelation: Scalar = tf.mul(strength, tf.addN(terms));
      return { loss: tf.add(learning, decorrelation), decorrelation };
    },
    async learn(total, read) {
      const fresh = await unitImportance(total, read);
      for (const [name, alphas] of Object.entries(importance))
        for (let i = 0; i < alphas.length; i++) alphas[i] += fresh[name][i];
    },
    bytes: bytesOf(importance),
    state: () => ({ ...importance }),
    restore(state) {
      assign(importance, state as Arrays);
    },
  };
}

/** The linear layers before the output layer: each is followed by a ReLU. Of convolutions the term is not taken. */
function hiddenUnits({ layers }: Network) {
  return layers.slice(0, -1).filter(({ kind }) => kind === 'linear');
}

/** What the run's record says of it. */
export function decorrelationWords(strength: number): string[] {
  if (strength === 0) return [];
  return [
    `sni: + ${strength}·Σ over hidden linear layers, after ReLU, of Σ_{i≠j} exp(−(i − j)²/(2σ²))·e^{−(α_i + α_j)}·mean h_i·h_j, σ = width/6, α summed over tasks`,
  ];
}

import {
  customGradient,
  logSoftmax,
  lossGradients,
  tf,
  type Loss,
  type LossGradients,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { Views } from '../contract.ts';
import type { RowTensors } from './rows.ts';

/**
 * Σᵢ mᵢ·KL(p_f(i) ‖ pᵢ) in nats, with p the softmax of the logits `[rows, outputs]`, f(i) the first row that shows the sample of row i and m 1
 * for the others (View-Batch Model, arXiv:2503.18371). First views are targets, that is constants to the gradient: mᵢ·(pᵢ − p_f(i)).
 * @param first `[rows]` @param later `[rows]`, m
 */
export function divergenceFromFirst(logits: Tensor2D, first: Tensor1D, later: Tensor1D): Scalar {
  const divergence = customGradient(
    (z: Tensor2D): Scalar => {
      const log = logSoftmax(z);
      const target = tf.gather(log, first);
      return tf.sum(tf.mul(tf.sum(tf.mul(tf.exp(target), tf.sub(target, log)), 1), later));
    },
    (dy, [z], [from, m]) => {
      const p = tf.softmax(z);
      const excess = tf.sub(p, tf.gather(p, from as Tensor1D));
      return [tf.mul(tf.mul(excess, tf.reshape(m, [z.shape[0], 1])), dy)];
    },
    [first, later] as [Tensor1D, Tensor1D],
  );
  return divergence(logits);
}

/** What the trainer does about views while it builds a step. */
export interface Consistency {
  /** The network ran on rows of a step. @param logits with the outputs that compete, made only where they are needed */
  ran(parameters: Tensors, rows: RowTensors, logits: () => Tensor2D): void;
  /**
   * A loss and its gradients. With views the loss grows by weight times the mean of KL(first ‖ later) over the later views in all groups of
   * rows that the network ran on for it. A group counts once, however often it ran; runs with other parameters, such as an old model's, do not count.
   */
  lossGradients(loss: (parameters: Tensors) => Loss, parameters: Tensors): LossGradients;
  /**
   * Computes a step.
   * @param found what is said of the views in its inputs, by group
   * @returns the mean divergence in the first of its losses beside the result, if it has one
   */
  during<T>(step: StepViews, compute: () => T): { result: T; consistency: Tensors };
}

interface StepViews {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly found: Readonly<Record<string, Tensors>>;
}

/** One loss at work. */
interface Collected {
  /** The parameters that it is a loss of. */
  readonly own: ReadonlySet<unknown>;
  readonly divergences: Map<unknown, Scalar>;
  readonly counts: Scalar[];
}

/** Its place among a loss's auxiliary results. */
const auxiliary = 'view consistency';

export function createConsistency(views: Views | undefined): Consistency {
  if (!views) return { ran() {}, lossGradients, during: (_, compute) => ({ result: compute(), consistency: {} }) };
  let groups: ReadonlyMap<unknown, Tensors> = new Map();
  let collected: Collected | null = null;
  let measured: Tensors = {};

  return {
    ran(parameters, { x }, logits) {
      const group = groups.get(x);
      if (!group || !collected || collected.divergences.has(x)) return;
      const { own, divergences, counts } = collected;
      if (!Object.values(parameters).some((tensor) => own.has(tensor))) return;
      divergences.set(x, divergenceFromFirst(logits(), group.first as Tensor1D, group.later as Tensor1D));
      counts.push(tf.sum(group.later));
    },
    lossGradients(loss, parameters) {
      const { aux, ...result } = lossGradients((own) => {
        collected = { own: new Set(Object.values(own)), divergences: new Map(), counts: [] };
        const plain = loss(own);
        const { divergences, counts } = collected;
        collected = null;
        if (divergences.size === 0) return plain;
        const mean = tf.div(tf.addN([...divergences.values()]), tf.maximum(tf.addN(counts), 1)) as Scalar;
        return {
          loss: tf.add(plain.loss, tf.mul(views.weight, mean)),
          aux: { ...plain.aux, [auxiliary]: mean },
        };
      }, parameters);
      const { [auxiliary]: mean, ...rest } = aux;
      if (mean && !measured.mean) measured = { mean };
      return { ...result, aux: rest };
    },
    during({ inputs, found }, compute) {
      groups = new Map(Object.entries(found).map(([name, group]) => [(inputs[name] as Tensors).x, group] as const));
      measured = {};
      const result = compute();
      return { result, consistency: measured };
    },
  };
}

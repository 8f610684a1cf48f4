import { mapTensors, tf, type Arrays, type Tensors } from '../../engine/index.ts';

/**
 * One update's share of the path integral: ω ← ω − g·(θ′ − θ), parameter by parameter, with the change that the optimiser made, whichever
 * it is. Over small steps Σω is the fall of the loss that g is the gradient of.
 */
export function alongPath(path: Tensors, gradients: Tensors, before: Tensors, after: Tensors): Tensors {
  return mapTensors(path, (tensor, name) => tf.sub(tensor, tf.mul(gradients[name], tf.sub(after[name], before[name]))));
}

/** What the path of a task says of the parameters, all by name. */
export interface WalkedTask {
  /** ω, the integral over the task. */
  readonly path: Arrays;
  /** θ*, where the task began. */
  readonly start: Arrays;
  /** θ, where it ended. */
  readonly end: Arrays;
}

/** Adds to Ω a task's share max(0, ω)/((θ − θ*)² + ξ), in place (arXiv:1703.04200, equation 5; ξ as a squared parameter). */
export function addPathImportance(importance: Arrays, { path, start, end }: WalkedTask, damping: number): void {
  for (const [name, values] of Object.entries(importance))
    for (let i = 0; i < values.length; i++)
      values[i] += Math.max(0, path[name][i]) / ((end[name][i] - start[name][i]) ** 2 + damping);
}

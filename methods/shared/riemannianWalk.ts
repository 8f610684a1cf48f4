import { mapTensors, tf, type Arrays, type Tensor, type Tensors } from '../../engine/index.ts';

/** The running Fisher diagonal F ← α·g² + (1 − α)·F (EWC++). @param share α, a scalar */
export function runningFisher(fisher: Tensors, gradients: Tensors, share: Tensor): Tensors {
  return mapTensors(fisher, (tensor, name) =>
    tf.add(tf.mul(share, tf.square(gradients[name])), tf.mul(tf.sub(1, share), tensor)),
  );
}

/** A stretch of updates, all by the parameters' names. */
export interface Stretch {
  /** What each parameter's change took off the loss: ℓ, the path integral over the stretch. */
  readonly path: Arrays;
  /** The running Fisher diagonal at its end. */
  readonly fisher: Arrays;
  /** θ_cp, where it began. */
  readonly start: Arrays;
  readonly end: Arrays;
}

/**
 * Adds to the score what a stretch says, in place: s ← s + ℓ/(½·F·(θ − θ_cp)² + ε), the fall of the loss for each unit of distance in the space
 * of distributions (arXiv:1801.10112, equation 7).
 */
export function addStretch(score: Arrays, { path, fisher, start, end }: Stretch, epsilon: number): void {
  for (const [name, values] of Object.entries(score))
    for (let i = 0; i < values.length; i++)
      values[i] += path[name][i] / (0.5 * fisher[name][i] * (end[name][i] - start[name][i]) ** 2 + epsilon);
}

/** Merges a task's score into that of the tasks so far, in place: s̄ ← ½(s̄ + s), or s̄ ← s after the first task. */
export function mergeScore(mean: Arrays, score: Arrays, first: boolean): void {
  for (const [name, values] of Object.entries(mean))
    for (let i = 0; i < values.length; i++) values[i] = first ? score[name][i] : (values[i] + score[name][i]) / 2;
}

/**
 * Writes F/max F + max(0, s̄)/max s̄ for every parameter, both maxima being over all parameters. A term whose maximum is not above 0 counts
 * nothing.
 */
export function walkImportance(importance: Arrays, fisher: Arrays, score: Arrays): void {
  const [most, best] = [largest(fisher), largest(score)];
  for (const [name, values] of Object.entries(importance))
    for (let i = 0; i < values.length; i++)
      values[i] = (most > 0 ? fisher[name][i] / most : 0) + (best > 0 ? Math.max(0, score[name][i]) / best : 0);
}

function largest(arrays: Arrays): number {
  let most = -Infinity;
  for (const values of Object.values(arrays)) for (const value of values) most = Math.max(most, value);
  return most;
}

import { hasKernel, tf, type Tensor2D } from './tf.ts';

/** `[rows, outputs]`, zᵢ − log Σⱼ exp(zⱼ) by row: one kernel where the backend has it, where tf.logSoftmax takes six. */
export function logSoftmax(logits: Tensor2D): Tensor2D {
  if (!hasKernel(tf.LogSoftmax)) return tf.logSoftmax(logits);
  return tf.engine().runKernel(tf.LogSoftmax, { logits }, { axis: 1 }) as Tensor2D;
}

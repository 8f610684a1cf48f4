import { dot, mapTensors, tf, type Arrays, type Scalar, type Tensors } from '../../engine/index.ts';
import type { GradientSizes } from '../contract.ts';

/**
 * ‖g‖₂ and ‖g‖₁ of the gradient g over all parameters, and where its stability side s is known also ‖g − s‖₂ (plasticity), ‖s‖₂ and the cosine
 * between both; scalars.
 */
export function gradientSizes(gradients: Tensors, stability?: Tensors): Tensors {
  const size = (group: Tensors): Scalar => tf.sqrt(dot(group, group));
  const l1 = tf.addN(Object.values(gradients).map((gradient) => tf.sum(tf.abs(gradient)))) as Scalar;
  const whole = { l2: size(gradients), l1 };
  if (!stability) return whole;
  const plasticity = mapTensors(gradients, (gradient, name) => tf.sub(gradient, stability[name]));
  return { ...whole, plasticity: size(plasticity), stability: size(stability), product: dot(plasticity, stability) };
}

/** What `gradientSizes` made of a step, as numbers. */
export function readGradientSizes({ l2, l1, plasticity, stability, product }: Arrays): GradientSizes {
  if (!plasticity) return { l2: l2[0], l1: l1[0] };
  const cosine = product[0] / (plasticity[0] * stability[0]);
  return {
    l2: l2[0],
    l1: l1[0],
    sides: {
      plasticity: plasticity[0],
      stability: stability[0],
      cosine: Number.isFinite(cosine) ? Math.min(1, Math.max(-1, cosine)) : NaN,
    },
  };
}

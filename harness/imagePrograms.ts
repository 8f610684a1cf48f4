import {
  float32,
  tf,
  type ArraySpec,
  type Engine,
  type LowRankChange,
  type Specs,
  type Tensor,
  type Tensor2D,
  type Tensors,
} from '../engine/index.ts';
import type { Model, Trail } from '../methods/index.ts';

/** What the evaluation of a chunk of rows takes. */
export type EvaluationSpecs = {
  readonly parameters: Specs;
  readonly mask: ArraySpec;
  readonly rows: { readonly x: ArraySpec; readonly y: ArraySpec; readonly weight: ArraySpec };
};

/** Scores from logits, summed over a chunk of rows. */
export type Measure = (
  logits: Tensor2D,
  inputs: { readonly mask: Tensor; readonly rows: { readonly y: Tensor; readonly weight: Tensor } },
) => { correct: Tensor; loss: Tensor };

export interface ImageContext {
  readonly engine: Engine;
  readonly model: Model;
  readonly specs: EvaluationSpecs;
  readonly measure: Measure;
}

/** An object with a value for each matrix of the trail, under its number. */
export function keyed<T>(count: number, value: (i: number) => T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}`, value(i)]));
}

/** What the programs take beside the evaluation's own inputs, for factors of a rank. */
export function specsOf({ specs }: ImageContext, trail: Trail, rank = 1) {
  const count = trail.matrices().length;
  return {
    matrices: keyed(count, () => float32(trail.inputs, trail.outputs)),
    images: keyed(count, () => float32(specs.rows.x.shape[0], trail.outputs)),
    left: float32(rank, trail.inputs),
    right: keyed(count, () => float32(rank, trail.outputs)),
    mix: keyed(count, () => keyed(count, () => float32())),
  };
}

/**
 * The full evaluation, which also hands out the images X·S of the trail's matrices, and how far the layer's own output is from its image and
 * bias, relative to its largest value: no more than rounding if the layer is a linear one. Null if the model does not show the layer, or not
 * once.
 */
export async function compileStart(context: ImageContext, trail: Trail) {
  const { matrices } = specsOf(context, trail);
  const { layer } = trail;
  let taps = 0;
  const program = await context.engine.compile(
    'evaluate-and-hold',
    (all) => {
      let images: Tensors = {};
      let deviation: Tensor = tf.scalar(0);
      const logits = context.model.logits(all.parameters, all.rows.x as Tensor2D, (name, input, output) => {
        if (name !== layer) return output;
        taps++;
        images = keyed(Object.keys(matrices).length, (i) =>
          tf.matMul(input, (i === 0 ? all.parameters[`${layer}/weight`] : all.matrices[i]) as Tensor2D),
        );
        const error = tf.max(tf.abs(tf.sub(output, withBias(images[0], all.parameters, layer))));
        deviation = tf.div(error, tf.add(tf.max(tf.abs(output)), 1e-30));
        return output;
      });
      return { ...context.measure(logits, all), images, deviation };
    },
    { ...context.specs, matrices },
  );
  return taps === 1 ? program : null;
}

/**
 * The evaluation from images: after S′ = M·S + Σ c·AᵀB they are X·S′ = M·(X·S) + (X·Aᵀ)·(c·B).
 * @param mix M; the program is made for its zeros and ones, its other numbers are inputs
 */
export function compileUpdate(context: ImageContext, trail: Trail, rank: number, mix: LowRankChange['mix']) {
  const { images, left, right, mix: factors } = specsOf(context, trail, rank);
  return context.engine.compile(
    `evaluate-rank-${rank}`,
    (all) => {
      let next: Tensors = {};
      const logits = context.model.logits(all.parameters, all.rows.x as Tensor2D, (name, input, output) => {
        if (name !== trail.layer) return output;
        const projected = tf.matMul(input, all.left as Tensor2D, false, true);
        next = keyed(mix.length, (i) => {
          const kept = mix[i].flatMap((value, j): Tensor[] => {
            if (value === 0) return [];
            return [value === 1 ? all.images[j] : tf.mul(all.images[j], all.mix[i][j])];
          });
          const added: Tensor = tf.matMul(projected, all.right[i] as Tensor2D);
          return kept.length === 0 ? added : tf.add(tf.addN(kept), added);
        });
        return withBias(next[0], all.parameters, trail.layer);
      });
      return { ...context.measure(logits, all), images: next };
    },
    { ...context.specs, images, left, right, mix: factors },
  );
}

/** What a linear layer makes of its product: the bias, if it has one, is added as it is. */
function withBias(product: Tensor, parameters: Tensors, layer: string): Tensor2D {
  const bias: Tensor | undefined = parameters[`${layer}/bias`];
  return (bias ? tf.add(product, bias) : product) as Tensor2D;
}

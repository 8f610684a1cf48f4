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

/** The full evaluation, which also hands out the images X·S of the trail's matrices. Null if the model does not let its layer be replaced. */
export async function compileStart(context: ImageContext, trail: Trail) {
  const { matrices } = specsOf(context, trail);
  let taps = 0;
  const program = await context.engine.compile(
    'evaluate-and-hold',
    (all) => {
      let images: Tensors = {};
      const logits = logitsWith(context.model, trail.layer, all.parameters, all.rows.x as Tensor2D, (input) => {
        taps++;
        images = keyed(Object.keys(matrices).length, (i) => tf.matMul(input, all.matrices[i] as Tensor2D));
        return images[0];
      });
      return { ...context.measure(logits, all), images };
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
      const logits = logitsWith(context.model, trail.layer, all.parameters, all.rows.x as Tensor2D, (input) => {
        const projected = tf.matMul(input, all.left as Tensor2D, false, true);
        next = keyed(mix.length, (i) => {
          const kept = mix[i].flatMap((value, j): Tensor[] => {
            if (value === 0) return [];
            return [value === 1 ? all.images[j] : tf.mul(all.images[j], all.mix[i][j])];
          });
          const added: Tensor = tf.matMul(projected, all.right[i] as Tensor2D);
          return kept.length === 0 ? added : tf.add(tf.addN(kept), added);
        });
        return next[0];
      });
      return { ...context.measure(logits, all), images: next };
    },
    { ...context.specs, images, left, right, mix: factors },
  );
}

/** The logits with the followed layer's product replaced; its bias is added as it is. */
function logitsWith(
  model: Model,
  layer: string,
  parameters: Tensors,
  x: Tensor2D,
  product: (input: Tensor2D) => Tensor,
): Tensor2D {
  return model.logits(parameters, x, (name, input, output) =>
    name === layer ? tf.add(product(input), parameters[`${layer}/bias`]) : output,
  );
}

import {
  float32,
  tf,
  type Arrays,
  type Scalar,
  type Specs,
  type Tensor,
  type Tensor2D,
  type WeightLayer,
} from '../../../engine/index.ts';
import { addDirections, emptyBasis, matrixOf, type Basis } from './basis.ts';
import { inner, type Matrix } from './matrix.ts';
import { keyOf, sufficientSpaces } from './regions.ts';
import type { MoreOfStep } from './scaledStep.ts';

/**
 * How a layer treats the space of an old task (CUBER, arXiv:2211.00789): in regime 1 its weight does not move there; in regime 2 neither, but it is
 * scaled for the new task; in regime 3 it is scaled and moves, tied by a penalty, since the new task's gradient goes along with the old one's.
 */
export interface Related {
  readonly layer: string;
  readonly task: number;
  readonly regime: 2 | 3;
  /** How the new task's gradient goes along with the old one's: a cosine, or a running mean of it. */
  readonly cosine: number;
}

/**
 * The old tasks that a layer does not treat by regime 1: those whose space holds more than the share `related` of the gradient, the `most` with the
 * largest part; regime 3 where ⟨Gⱼ, G⟩ ≥ `correlated`·‖Gⱼ‖‖G‖.
 * @param gradient G of the new task, `[outputs, inputs]`
 * @param old bases and gradients of each old task
 */
export function regimesOf(
  layer: string,
  gradient: Matrix,
  old: readonly { readonly basis: Basis; readonly gradient: Float32Array }[],
  { related, correlated }: { readonly related: number; readonly correlated: number },
  most: number,
): Related[] {
  const bases = old.map(({ basis }) => basis);
  return sufficientSpaces(gradient, bases, related, most).map((task) => {
    const cosine = correlation(gradient, old[task].gradient);
    return { layer, task, regime: cosine >= correlated ? 3 : 2, cosine };
  });
}

/** ⟨a, b⟩ / ‖a‖‖b‖; 0 where one of them is 0. */
export function correlation({ values }: Matrix, other: Float32Array): number {
  const b = Float64Array.from(other);
  const sizes = Math.sqrt(inner(values, values) * inner(b, b));
  return sizes === 0 ? 0 : inner(values, b) / sizes;
}

/** An orthonormal basis of several spaces together. */
export function unionOf(size: number, bases: readonly Basis[]): Basis {
  return bases.reduce((union, basis) => addDirections(union, matrixOf(basis)), emptyBasis(size));
}

/** A space of regime 3 in a step. */
export interface Moving {
  readonly layer: WeightLayer;
  readonly task: number;
  readonly basis: Basis;
  /** Gradient of the old task at its end, `[outputs, inputs]`. */
  readonly gradient: Float32Array;
  /** The layer's weight as the new task began. */
  readonly anchor: Float32Array;
  readonly anchorShape: readonly number[];
}

/** Added under the root, so that the norm has a gradient at 0, which is 0. */
const tiny = 1e-12;

/** λ Σ ‖(w − w*) B Bᵀ‖ over the spaces of regime 3, and how the gradient goes along with those of the old tasks. */
export function regimeTerms(spaces: readonly Moving[], lambda: number): MoreOfStep | undefined {
  if (spaces.length === 0) return undefined;
  const named = <T>(make: (space: Moving) => Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      spaces.flatMap((space) =>
        Object.entries(make(space)).map(([kind, value]) => [`${kind} ${keyIn(space)}`, value] as const),
      ),
    );
  const specs: Specs = named(({ basis: { rank, size }, layer, anchorShape }) => ({
    basis: float32(rank, size),
    gradient: float32(layer.outputs, size),
    anchor: float32(...anchorShape),
  }));
  const arrays: Arrays = named(({ basis, gradient, anchor }) => ({ basis: basis.directions, gradient, anchor }));
  const weightOf = (space: Moving): string => `${space.layer.name}/weight`;
  return {
    specs,
    arrays,
    penalty(parameters, given) {
      const norms = spaces.map((space) => {
        const change = tf.sub(parameters[weightOf(space)], given[`anchor ${keyIn(space)}`]);
        const part = tf.matMul(asFilters(space.layer, change), given[`basis ${keyIn(space)}`] as Tensor2D, false, true);
        return tf.sqrt(tf.add(tf.sum(tf.square(part)), tiny));
      });
      return tf.mul(lambda, tf.addN(norms)) as Scalar;
    },
    measure: (gradients, given) =>
      Object.fromEntries(
        spaces.map((space) => {
          const now = asFilters(space.layer, gradients[weightOf(space)]);
          const old = given[`gradient ${keyIn(space)}`];
          const sizes = tf.sqrt(tf.mul(tf.sum(tf.square(now)), tf.sum(tf.square(old))));
          return [
            correlationName({ layer: space.layer.name, task: space.task }),
            tf.div(tf.sum(tf.mul(now, old)), tf.maximum(sizes, 1e-30)),
          ];
        }),
      ),
  };
}

const keyIn = ({ layer, task }: Moving): string => keyOf({ layer: layer.name, task });

/** Where a step hands back how its gradient goes along with an old task's. */
export function correlationName(space: Pick<Related, 'layer' | 'task'>): string {
  return `correlation ${keyOf(space)}`;
}

/** A weight, or its gradient, with one filter a row. */
function asFilters({ kind, outputs }: WeightLayer, weight: Tensor): Tensor2D {
  return kind === 'conv' ? tf.reshape(weight, [outputs, -1]) : tf.transpose(weight as Tensor2D);
}

import { UserError } from '../../../base/index.ts';
import {
  float32,
  mapTensors,
  tf,
  type Arrays,
  type Network,
  type Specs,
  type Tensor,
  type Tensor2D,
  type Tensors,
  type WeightLayer,
} from '../../../engine/index.ts';
import type { StreamInfo } from '../../contract.ts';
import type { Seen } from '../watch.ts';
import { complementOf, type Basis } from './basis.ts';

/** Bases by layer. */
export type Bases = Readonly<Record<string, Basis>>;

/**
 * What later tasks may not change, so that what the layers make of old inputs stays as it was: the part of a weight that lies in its layer's
 * basis, and whatever else the layers share, biases, norms' scales and shifts and the scale of a cosine head. Outputs that no old task had are
 * open to change.
 */
export interface Guard {
  /** Layers that have a basis. */
  readonly layers: readonly WeightLayer[];
  bind(bases: Bases): Bound;
}

/** A guard with the bases as they are now. */
export interface Bound {
  /** What a program has to be given. */
  readonly specs: Specs;
  /** @param task position of the task that is learnt */
  arrays(task: number): Arrays;
  /**
   * Gradients or changes of parameters, by name, without what would change old outputs; those of other names stay as they are.
   * @param given the tensors of `specs`
   * @param seen what a linear layer saw, where the gradient is that of its weight: aᵀδ is projected by way of a
   */
  confine(changes: Tensors, given: Tensors, seen?: (layer: string) => Seen | undefined): Tensors;
}

/** @throws {UserError} for a cosine head that tasks share: its outputs depend on the length of its weights, too */
export function createGuard(method: string, { layers, parameters }: Network, stream: StreamInfo): Guard {
  const { scenario, taskOutputs, outputCount } = stream;
  const head = layers.at(-1)!.name;
  const shared = scenario !== 'task' || new Set(taskOutputs.flat()).size < taskOutputs.flat().length;
  if (shared && `${head}/scale` in parameters)
    throw new UserError(
      `method ${method}: a cosine head that tasks share cannot be kept as it was for old inputs; choose --head linear, or --scenario task`,
    );
  /** 1 for outputs that no earlier task had. */
  const openFor = (task: number): Float32Array => {
    const old = new Set(taskOutputs.slice(0, task).flat());
    return Float32Array.from({ length: outputCount }, (_, output) => Number(scenario === 'task' && !old.has(output)));
  };
  const spacesOf = (bases: Bases): Record<string, Space> =>
    Object.fromEntries(
      Object.entries(bases).flatMap(([name, basis]) => (basis.rank > 0 ? [[name, spaceOf(basis)]] : [])),
    );

  return {
    layers: shared ? layers : layers.slice(0, -1),
    bind(bases) {
      const spaces = spacesOf(bases);
      const handed = Object.entries(spaces).filter(([, { spanned }]) => spanned.rank > 0);
      const directions = Object.fromEntries(handed.map(([name, { spanned }]) => [name, spanned.directions]));
      /** For the task at hand. */
      let made: { readonly task: number; readonly arrays: Arrays } | undefined;
      const confineOne = (change: Tensor, name: string, given: Tensors, seen: (layer: string) => Seen | undefined) => {
        if (!(name in parameters)) return change;
        const layer = layers.find((each) => `${each.name}/weight` === name);
        const ofHead = name === `${head}/weight` || name === `${head}/bias`;
        if (!layer || (ofHead && !shared)) return ofHead ? tf.mul(change, given.open) : tf.zerosLike(change);
        const space = spaces[layer.name];
        if (!space) return change;
        const basis = given[layer.name] as Tensor2D | undefined;
        const outside = project(layer, change, { ...space, basis }, seen(layer.name));
        return ofHead && scenario === 'task'
          ? tf.add(tf.mul(change, given.open), tf.mul(outside, tf.sub(1, given.open)))
          : outside;
      };
      return {
        specs: {
          open: float32(outputCount),
          ...Object.fromEntries(handed.map(([name, { spanned }]) => [name, float32(spanned.rank, spanned.size)])),
        },
        arrays(task) {
          if (made?.task !== task) made = { task, arrays: { open: openFor(task), ...directions } };
          return made.arrays;
        },
        confine: (changes, given, seen = () => undefined) =>
          mapTensors(changes, (change, name) => confineOne(change, name, given, seen)),
      };
    },
  };
}

/** A subspace by what takes fewer directions: its own basis, or one of all that is orthogonal to it. */
interface Space {
  readonly spanned: Basis;
  readonly complement: boolean;
}

/** Directions of a space above which its complement takes too long to find. */
const largestComplement = 1024;

function spaceOf(basis: Basis): Space {
  const complement = basis.rank === basis.size || (2 * basis.rank > basis.size && basis.size <= largestComplement);
  return { spanned: complement ? complementOf(basis) : basis, complement };
}

/** The layers whose gradients `confine` would rather make of what they saw: linear ones that read fewer rows than they have outputs. */
export function watchedLayers(layers: readonly WeightLayer[], rows: number): (name: string) => boolean {
  const watched = new Set(
    layers.filter(({ kind, outputs }) => kind === 'linear' && rows < outputs).map(({ name }) => name),
  );
  return (name) => watched.has(name);
}

/** A change of a weight without its part in a space: zero where the space is everything. */
function project(
  { kind, outputs }: WeightLayer,
  change: Tensor,
  { basis, complement }: { readonly basis: Tensor2D | undefined; readonly complement: boolean },
  seen?: Seen,
): Tensor {
  if (!basis) return tf.zerosLike(change);
  /** Rows without their part in the space. */
  const outside = (rows: Tensor2D): Tensor2D => {
    const part: Tensor2D = tf.matMul(tf.matMul(rows, basis, false, true), basis);
    return complement ? part : tf.sub(rows, part);
  };
  if (kind === 'conv') return tf.reshape(outside(tf.reshape(change, [outputs, basis.shape[1]])), change.shape);
  if (seen) return tf.matMul(outside(seen.input as Tensor2D), seen.delta as Tensor2D, true);
  const part = tf.matMul(basis, tf.matMul(basis, change as Tensor2D), true);
  return complement ? part : tf.sub(change, part);
}

/** Bytes of the directions of some bases. */
export function bytesOfBases(bases: Bases): number {
  return Object.values(bases).reduce((sum, { directions }) => sum + directions.byteLength, 0);
}

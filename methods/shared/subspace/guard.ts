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
import type { Basis } from './basis.ts';

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
  /** What a program has to be given: bases as they are now, and which outputs are open. */
  inputs(bases: Bases): { readonly specs: Specs; readonly arrays: (task: number) => Arrays };
  /**
   * Gradients or changes of parameters, by name, without what would change old outputs; those of other names stay as they are.
   * @param given the tensors of `inputs`
   * @param seen what a linear layer saw, where the gradient is that of its weight: aᵀδ is projected by way of a if that has fewer rows than δ columns
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
  const guarded = shared ? layers : layers.slice(0, -1);
  /** 1 for outputs that no earlier task had. */
  const openFor = (task: number): Float32Array => {
    const old = new Set(taskOutputs.slice(0, task).flat());
    return Float32Array.from({ length: outputCount }, (_, output) =>
      scenario === 'task' && !old.has(output) ? 1 : 0,
    );
  };
  const ofHead = (name: string): boolean => name === `${head}/weight` || name === `${head}/bias`;

  return {
    layers: guarded,
    inputs(bases) {
      const held = Object.entries(bases).filter(([, { rank }]) => rank > 0);
      return {
        specs: {
          open: float32(outputCount),
          ...Object.fromEntries(held.map(([name, { rank, size }]) => [name, float32(rank, size)])),
        },
        arrays: (task) => ({
          open: openFor(task),
          ...Object.fromEntries(held.map(([name, { directions }]) => [name, directions])),
        }),
      };
    },
    confine(changes, given, seen = () => undefined) {
      const open = given.open;
      return mapTensors(changes, (change, name) => {
        if (!(name in parameters)) return change;
        const layer = layers.find((each) => `${each.name}/weight` === name);
        const basis = layer && (given[layer.name] as Tensor2D | undefined);
        if (!layer) return ofHead(name) ? tf.mul(change, open) : tf.zerosLike(change);
        if (!guarded.includes(layer)) return tf.mul(change, open);
        if (!basis) return change;
        if (name !== `${head}/weight` || scenario !== 'task') return project(layer, change, basis, seen(layer.name));
        return tf.add(tf.mul(change, open), tf.mul(project(layer, change, basis), tf.sub(1, open)));
      });
    },
  };
}

/** The layers whose gradients `confine` would rather make of what they saw: linear ones that read fewer rows than they have outputs. */
export function watchedLayers(layers: readonly WeightLayer[], rows: number): (name: string) => boolean {
  const watched = new Set(
    layers.filter(({ kind, outputs }) => kind === 'linear' && rows < outputs).map(({ name }) => name),
  );
  return (name) => watched.has(name);
}

/** A change of a weight without its part in the basis; zero where that is everything. */
function project({ kind, outputs }: WeightLayer, change: Tensor, basis: Tensor2D, seen?: Seen): Tensor {
  const [rank, size] = basis.shape;
  if (rank === size) return tf.zerosLike(change);
  /** Rows without their part in the basis. */
  const outside = (rows: Tensor2D): Tensor2D =>
    tf.sub(rows, tf.matMul(tf.matMul(rows, basis, false, true), basis) as Tensor2D);
  if (kind === 'conv') return tf.reshape(outside(tf.reshape(change, [outputs, size])), change.shape);
  if (seen) return tf.matMul(outside(seen.input as Tensor2D), seen.delta as Tensor2D, true);
  return tf.sub(change, tf.matMul(basis, tf.matMul(basis, change as Tensor2D), true));
}

/** Bytes of the directions of some bases. */
export function bytesOfBases(bases: Bases): number {
  return Object.values(bases).reduce((sum, { directions }) => sum + directions.byteLength, 0);
}


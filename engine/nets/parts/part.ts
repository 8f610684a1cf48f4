import type { Tensor } from '../../tf.ts';
import type { ArraySpec, Tensors } from '../../types.ts';
import type { Draw } from '../initialize.ts';
import type { Pass, WeightLayer } from '../network.ts';

/** An array that a part holds, and what its values start from. */
export interface Held {
  readonly spec: ArraySpec;
  readonly draw: Draw;
}

/** Statistics are not drawn: each starts with one value everywhere. */
export interface Statistic {
  readonly spec: ArraySpec;
  readonly start: number;
}

/** A part of a network: what it holds and what it computes. Networks are parts in sequence. */
export interface Part {
  /** In the order in which they are drawn. */
  readonly parameters?: Readonly<Record<string, Held>>;
  readonly statistics?: Readonly<Record<string, Statistic>>;
  readonly layers?: readonly WeightLayer[];
  /** Shape of one row of each dropout mask. */
  readonly masks?: Readonly<Record<string, readonly number[]>>;
  apply(x: Tensor, run: Run): Tensor;
}

/** One forward pass. */
export interface Run {
  readonly parameters: Tensors;
  readonly pass: Pass;
  /** Notes a running statistic as this pass moves it. */
  move(name: string, statistic: Tensor): void;
}

/** Parts one after the other. */
export function sequence(parts: readonly Part[]): Part {
  return {
    ...merge(parts),
    apply: (x, run) => parts.reduce((activation, part) => part.apply(activation, run), x),
  };
}

/** What several parts hold together. */
export function merge(parts: readonly Part[]): Omit<Required<Part>, 'apply'> {
  return {
    parameters: Object.assign({}, ...parts.map(({ parameters }) => parameters)),
    statistics: Object.assign({}, ...parts.map(({ statistics }) => statistics)),
    layers: parts.flatMap(({ layers = [] }) => layers),
    masks: Object.assign({}, ...parts.map(({ masks }) => masks)),
  };
}

/** A part that holds nothing. */
export function operation<T extends Tensor>(apply: (x: T) => Tensor): Part {
  return { apply: (x) => apply(x as T) };
}

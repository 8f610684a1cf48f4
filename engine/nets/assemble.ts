import { UserError } from '../../base/index.ts';
import { tf, type Tensor2D } from '../tf.ts';
import { float32, sizeOf, type Shape, type Specs, type Tensors } from '../types.ts';
import type { Network, Pass } from './network.ts';
import { sequence, type Part } from './parts/part.ts';

export interface Description {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputShape: Shape;
  readonly dropout?: number;
}

/** Makes a network of parts in sequence. */
export function assemble({ name, options, inputShape, dropout = 0 }: Description, parts: readonly Part[]): Network {
  const { parameters = {}, statistics = {}, layers = [], masks = {}, apply } = sequence(parts);
  return {
    name,
    options,
    inputShape,
    parameters: specsOf(parameters),
    statistics: specsOf(statistics),
    layers,
    dropout,
    init: (rng) =>
      mapEntries(parameters, ({ spec, draw }) => Float32Array.from({ length: sizeOf(spec.shape) }, () => draw(rng))),
    initStatistics: () => mapEntries(statistics, ({ spec, start }) => new Float32Array(sizeOf(spec.shape)).fill(start)),
    dropoutMasks: (rows) => mapEntries(masks, (shape) => float32(rows, ...shape)),
    apply(tensors, x, pass = inference) {
      const moved: Tensors = {};
      const image = inputShape.length === 1 ? x : tf.reshape(x, [x.shape[0], ...inputShape]);
      const logits = apply(image, { parameters: tensors, pass, move: (key, statistic) => (moved[key] = statistic) });
      if (Object.keys(moved).length > 0) pass.moved?.(moved);
      return logits as Tensor2D;
    },
  };
}

const inference: Pass = { mode: 'inference', statistics: {} };

/** @throws {UserError} if images of this shape are smaller than `least` × `least` */
export function requireImages(network: string, shape: Shape, least: number): void {
  const [height, width] = shape;
  if (shape.length !== 3 || height < least || width < least)
    throw new UserError(
      `network ${network} takes images of ${least}×${least} or more, and the inputs are ${shape.join('×')}; choose another network, such as mlp`,
    );
}

function specsOf(held: Readonly<Record<string, { spec: Specs[string] }>>): Specs {
  return mapEntries(held, ({ spec }) => spec);
}

function mapEntries<V, W>(entries: Readonly<Record<string, V>>, fn: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, fn(value)]));
}

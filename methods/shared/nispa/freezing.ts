import {
  float32,
  tf,
  type Arrays,
  type Network,
  type Specs,
  type Tensor,
  type Tensors,
} from '../../../engine/index.ts';
import type { Moved } from '../frozen.ts';
import type { Connections } from './connections.ts';
import type { Units } from './stableUnits.ts';

/** Specs of `frozenUnits`. */
export function frozenSpecs(layers: readonly Connections[]): Specs {
  return Object.fromEntries(
    layers.flatMap(({ layer, sources, positions, targets }) => [
      [`${layer}/from`, float32(sources * positions)],
      [`${layer}/to`, float32(targets)],
    ]),
  );
}

/** For a step: which of each layer's inputs (`<layer>/from`) and outputs (`<layer>/to`) are of stable units. */
export function frozenUnits(layers: readonly Connections[], stable: Units): Arrays {
  return Object.fromEntries(
    layers.flatMap(({ layer, sources, positions }, l) => [
      [`${layer}/from`, Float32Array.from({ length: sources * positions }, (_, i) => stable[l][i % sources])],
      [`${layer}/to`, stable[l + 1]],
    ]),
  );
}

/** What a step moves: no weight between stable units, and nothing else of theirs, such as biases. @param units tensors of `frozenUnits` */
export function movesPlastic({ layers, parameters }: Network): (name: string, units: Tensors) => Moved {
  return (name, units) => {
    const { name: layer, kind, inputs, outputs } = layers.find((each) => name.startsWith(`${each.name}/`))!;
    const [from, to] = [units[`${layer}/from`], units[`${layer}/to`]];
    if (name !== `${layer}/weight`) return tf.sub(1, to);
    const rank = parameters[name].shape.length;
    const between: Tensor =
      kind === 'conv'
        ? tf.mul(tf.reshape(to, [outputs, 1, ...ones(rank - 2)]), tf.reshape(from, [1, inputs, ...ones(rank - 2)]))
        : tf.mul(tf.reshape(from, [inputs, 1]), tf.reshape(to, [1, outputs]));
    return tf.sub(1, between);
  };
}

/** Share of each layer's weights that are active and not frozen, by weight name: gradients that have to be computed. */
export function movingShares(layers: readonly Connections[], masks: Arrays, frozen: Units): Record<string, number> {
  return Object.fromEntries(
    layers.map(({ weight, size, count, sourceOf, targetOf }, l) => {
      let moving = 0;
      for (let connection = 0; connection < count; connection++)
        if (masks[weight][connection * size] === 1)
          moving += 1 - frozen[l][sourceOf(connection)] * frozen[l + 1][targetOf(connection)];
      return [weight, moving / count];
    }),
  );
}

function ones(count: number): number[] {
  return Array.from({ length: count }, () => 1);
}

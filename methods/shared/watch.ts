import { customGradient, tf, type Tensor, type Tensors } from '../../engine/index.ts';

/** What a layer or a norm saw in one pass, for all rows: its input a, and δ = ∂ loss / ∂z of its output z. */
export interface Seen {
  readonly input: Tensor;
  readonly delta: Tensor;
}

/** Notes inputs of layers on the way forwards, and the gradients of their outputs on the way back. */
export interface Watch {
  /** To be the tap of a pass. */
  tap<M extends Tensor>(name: string, input: M, output: M): M;
  /** After the gradients were computed. */
  seen(name: string): Seen;
  dispose(): void;
}

/** @param wanted which layers are watched; all of them unless given */
export function createWatch(wanted: (name: string) => boolean = () => true): Watch {
  const inputs: Tensors = {};
  const deltas: Tensors = {};
  // Made inside the gradient's scope, which disposes of all but its result.
  const keep = (tensor: Tensor): Tensor => tf.keep(tensor.clone());
  return {
    tap(name, input, output) {
      if (!wanted(name)) return output;
      inputs[name] = keep(input);
      return customGradient(
        (z: typeof output): typeof output => z.clone(),
        (delta) => {
          deltas[name] = keep(delta);
          return [delta];
        },
      )(output);
    },
    seen: (name) => ({ input: inputs[name], delta: deltas[name] }),
    dispose() {
      tf.dispose([inputs, deltas]);
    },
  };
}

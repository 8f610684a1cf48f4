import { tf, type Tensor } from '../../tf.ts';

/**
 * A function of tensors with a gradient of its own.
 * @param gradient the gradients with respect to all inputs, from that with respect to the result, the inputs and what was kept
 * @param kept other tensors that the gradient needs: they are constants to it
 */
export function customGradient<Inputs extends Tensor[], Result extends Tensor, Kept extends Tensor[] = []>(
  value: (...inputs: Inputs) => Result,
  gradient: (dy: Result, inputs: Inputs, kept: Kept) => Tensor[],
  kept: Kept = [] as unknown as Kept,
): (...inputs: Inputs) => Result {
  return tf.customGrad<Result>((...given) => {
    // tfjs hands the function that keeps tensors for the gradient behind the inputs.
    const inputs = given.slice(0, -1) as Inputs;
    (given.at(-1) as (tensors: Tensor[]) => void)([...inputs, ...kept]);
    return {
      value: value(...inputs),
      gradFunc: (dy, saved) =>
        gradient(dy, saved.slice(0, inputs.length) as Inputs, saved.slice(inputs.length) as Kept),
    };
  });
}

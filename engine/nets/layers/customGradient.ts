import { tf, type Tensor } from '../../tf.ts';

/**
 * A function of tensors with a gradient of its own.
 * @param gradient the gradients with respect to all inputs, from that with respect to the result and the inputs
 */
export function customGradient<Inputs extends Tensor[], Result extends Tensor>(
  value: (...inputs: Inputs) => Result,
  gradient: (dy: Result, ...inputs: Inputs) => Tensor[],
): (...inputs: Inputs) => Result {
  return tf.customGrad<Result>((...given) => {
    // tfjs hands the function that keeps tensors for the gradient behind the inputs.
    const inputs = given.slice(0, -1) as Inputs;
    (given.at(-1) as (tensors: Tensor[]) => void)(inputs);
    return { value: value(...inputs), gradFunc: (dy, saved) => gradient(dy, ...(saved as Inputs)) };
  });
}

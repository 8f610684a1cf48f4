import { tf, type Scalar, type Tensor } from './tf.ts';
import type { Tensors } from './types.ts';

/** A loss and whatever else the forward pass should hand out. */
export interface Loss {
  readonly loss: Scalar;
  readonly aux?: Tensors;
  /** The part of the loss that keeps old knowledge, such as a penalty; made only where its gradient is wanted by itself. */
  readonly stability?: () => Scalar;
}

export interface LossGradients {
  readonly loss: Scalar;
  readonly aux: Tensors;
  /** d loss / d parameter, by the parameter's name. */
  readonly gradients: Tensors;
}

/**
 * The value of a loss and its gradient with respect to named parameters, by tfjs's automatic differentiation.
 * @param fn maps the parameters to a scalar loss; every parameter must take part in it
 */
export function lossGradients(fn: (parameters: Tensors) => Loss, parameters: Tensors): LossGradients {
  const names = Object.keys(parameters);
  let aux: Tensors = {};
  const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
    const result = fn(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
    // The gradient scope disposes of all but its result; kept tensors are handed to the outer scope below.
    aux = mapTensors(result.aux ?? {}, (tensor) => tf.keep(tensor.clone()));
    return result.loss;
  })(names.map((name) => parameters[name]));
  const handed = mapTensors(aux, (tensor) => tensor.clone());
  tf.dispose(aux);
  return {
    loss: value as Scalar,
    aux: handed,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]])),
  };
}

/** Applies `fn` to every tensor of a group. */
export function mapTensors(tensors: Tensors, fn: (tensor: Tensor, name: string) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, fn(tensor, name)]));
}

/** a − b, tensor by tensor, of the names in a. */
export function differences(a: Tensors, b: Tensors): Tensors {
  return mapTensors(a, (tensor, name) => tf.sub(tensor, b[name]));
}

/** Σ over all tensors of the inner product of a and b: both groups as one long vector. */
export function dot(a: Tensors, b: Tensors): Scalar {
  return tf.addN(Object.keys(a).map((name) => tf.sum(tf.mul(a[name], b[name])))) as Scalar;
}

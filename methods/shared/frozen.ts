import { mapTensors, tf, type Network, type Tensor, type Tensors } from '../../engine/index.ts';
import type { StreamInfo } from '../contract.ts';

/** Which numbers of a parameter an update moves: all, none, or those where a tensor that broadcasts to it is not 0. */
export type Moved = boolean | Tensor;

/** The gradients with 0 for what does not move. */
export function movedGradients(gradients: Tensors, moves: (name: string) => Moved): Tensors {
  return mapTensors(gradients, (gradient, name) => {
    const moved = moves(name);
    if (typeof moved === 'boolean') return moved ? gradient : tf.zerosLike(gradient);
    return tf.mul(gradient, tf.cast(tf.notEqual(moved, 0), 'float32'));
  });
}

/**
 * Parameters, or their optimiser state, after an update, and to the bit as before it where they do not move: neither momentum nor weight decay
 * of the optimiser reaches what is frozen. State that belongs to no single parameter, such as a count of steps, moves.
 * @param names of the parameters; the state of one has its name, or one that begins with it and a slash
 */
export function keepFrozen(
  updated: Tensors,
  before: Tensors,
  moves: (name: string) => Moved,
  names: readonly string[],
): Tensors {
  return mapTensors(updated, (tensor, key) => {
    const owner = names.find((name) => key === name || key.startsWith(`${name}/`));
    const moved = owner === undefined || moves(owner);
    if (typeof moved === 'boolean') return moved ? tensor : before[key].clone();
    return tf.where(tf.notEqual(tf.mul(tf.onesLike(tensor), moved), 0), tensor, before[key]);
  });
}

/**
 * Of the output layer, what belongs to the outputs where `free` `[outputCount]` is 1; of all other layers all or nothing. The scale of a cosine
 * head, which all outputs share, never moves.
 */
export function freeOutputs({ layers }: Network, free: Tensor, others: boolean): (name: string) => Moved {
  const output = layers.at(-1)!.name;
  return (name) => {
    if (!name.startsWith(`${output}/`)) return others;
    return name === `${output}/weight` || name === `${output}/bias` ? free : false;
  };
}

/** `[outputCount]`, 1 for outputs of a task that no earlier task has. */
export function newOutputs(
  { outputCount, taskOutputs }: Pick<StreamInfo, 'outputCount' | 'taskOutputs'>,
  task: number,
): Float32Array {
  const known = new Set(taskOutputs.slice(0, task).flat());
  return Float32Array.from({ length: outputCount }, (_, output) =>
    Number(taskOutputs[task].includes(output) && !known.has(output)),
  );
}

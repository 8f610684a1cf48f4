import {
  float32,
  int32,
  tf,
  type Specs,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { Batch } from '../contract.ts';

/** Labelled rows as a traced function sees them. Rows of weight 0 do not count. */
export interface RowTensors {
  readonly x: Tensor2D;
  readonly y: Tensor1D;
  readonly task: Tensor1D;
  /** Which sample of the data each row shows. */
  readonly id: Tensor1D;
  readonly weight: Tensor1D;
}

/** The inputs of a program that reads `count` labelled rows. */
export function rowSpecs(count: number, inputSize: number): Specs {
  return {
    x: float32(count, inputSize),
    y: int32(count),
    task: int32(count),
    id: int32(count),
    weight: float32(count),
  };
}

export function asRows(tensors: Tensors): RowTensors {
  return tensors as unknown as RowTensors;
}

/** `[rows]`, weights of rows from `start` on; 0 for those before. */
export function weightFrom(weight: Tensor, start: number): Tensor1D {
  const behind = Array.from({ length: weight.shape[0] }, (_, row) => Number(row >= start));
  return tf.mul(weight, tf.tensor1d(behind));
}

/** Memory for `count` labelled rows: filled by hand, passed to programs. Unused rows keep weight 0. */
export interface Rows {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly id: Int32Array;
  readonly weight: Float32Array;
  readonly [name: string]: Float32Array | Int32Array;
}

export function allocateRows(count: number, inputSize: number): Rows {
  return {
    x: new Float32Array(count * inputSize),
    y: new Int32Array(count),
    task: new Int32Array(count),
    id: new Int32Array(count),
    weight: new Float32Array(count),
  };
}

/** Copies the stream batch to row `start` on and gives each of its rows `weight`; the rest of its capacity gets weight 0. */
export function putBatch(rows: Rows, batch: Batch, start: number, weight: number): void {
  const capacity = batch.y.length;
  rows.x.set(batch.x, start * (batch.x.length / capacity));
  rows.y.set(batch.y, start);
  rows.id.set(batch.ids, start);
  rows.task.fill(batch.task, start, start + capacity);
  rows.weight.fill(weight, start, start + batch.size);
  rows.weight.fill(0, start + batch.size, start + capacity);
}

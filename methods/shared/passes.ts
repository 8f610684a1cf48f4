import { mapTensors, tf, type Network, type Pass, type Tensor1D, type Tensors } from '../../engine/index.ts';
import type { RowTensors } from './rows.ts';

/** What a training step gives its forward passes beside parameters and rows. */
export interface StepContext {
  /** Running statistics at the start of the step. */
  readonly statistics: Tensors;
  /** The step's inputs: rows are recognised by identity. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Dropout masks for each group of rows among the inputs. */
  readonly masks: Readonly<Record<string, Tensors>>;
}

/**
 * How the network runs inside training steps: in train mode, over the rows whose weight is not 0, each pass moving the running statistics that
 * the next one of the step starts from.
 */
export interface Passes {
  /** The pass for some rows; undefined outside of steps. */
  of(rows: RowTensors): Pass | undefined;
  /** Computes a step and hands out the running statistics as its passes moved them. */
  during<T>(context: StepContext, compute: () => T): { result: T; statistics: Tensors };
  /** Runs the network again inside a step without moving the running statistics once more. */
  again<T>(compute: () => T): T;
}

export function createPasses(network: Network): Passes {
  const normed = Object.keys(network.statistics).length > 0;
  let step: StepContext | null = null;
  let statistics: Tensors = {};
  let kept: Tensors[] = [];
  let moving = true;

  return {
    of(rows) {
      if (step === null) return undefined;
      return {
        mode: 'train',
        statistics,
        counted: normed ? countedOf(rows) : undefined,
        moved(next) {
          if (!moving) return;
          // Made inside a gradient's scope, which disposes of all but its result.
          statistics = mapTensors(next, (tensor) => tf.keep(tensor.clone()));
          kept.push(statistics);
        },
        masks: network.dropout > 0 ? masksOf(rows, step) : undefined,
      };
    },
    during(context, compute) {
      step = context;
      statistics = context.statistics;
      kept = [];
      try {
        const result = compute();
        return { result, statistics: mapTensors(statistics, (tensor) => tensor.clone()) };
      } finally {
        tf.dispose(kept);
        step = null;
      }
    },
    again(compute) {
      moving = false;
      try {
        return compute();
      } finally {
        moving = true;
      }
    },
  };
}

/** `[rows]`, 1 for rows that count and 0 for padding, as batch norm takes it. */
export function countedOf({ weight }: RowTensors): Tensor1D {
  return tf.cast(tf.greater(weight, 0), 'float32');
}

function masksOf(rows: RowTensors, { inputs, masks }: StepContext): Tensors {
  const name = Object.keys(masks).find((group) => (inputs[group] as Partial<RowTensors>).x === rows.x);
  if (name === undefined)
    throw new Error('dropout needs its masks: rows of a training step must be one of the groups of its inputs');
  return masks[name];
}

import { allocate, mapTensors, tf, type Arrays, type Network, type Specs, type Tensors } from '../../engine/index.ts';
import type { LearnerTask, Setup } from '../contract.ts';
import type { Held } from './rowGradients.ts';
import { allocateRows, asRows, rowSpecs, type Rows, type RowTensors } from './rows.ts';
import type { Trainer } from './trainer.ts';

/** Puts `count` rows, from row `start` of some selection on, at the beginning of `rows`: inputs and, in the task scenario, tasks. */
export type ReadRows = (rows: Rows, start: number, count: number) => void;

/** Reads chosen training rows of a task. */
export function rowsOf(task: LearnerTask, selected: Int32Array): ReadRows {
  return (rows, start, count) => {
    task.train.read(selected.subarray(start, start + count), rows.x);
    rows.task.fill(task.index);
  };
}

/**
 * Rows handled by one run of a program that sums over gradients of single rows. Of convolutions each row has a whole gradient in memory.
 * Measured by `npm run perf:importance`.
 */
export function rowsAtOnce({ layers }: Network): number {
  return layers.some(({ kind }) => kind === 'conv') ? 10 : 200;
}

/** What is computed of rows. */
export interface RowMeansOptions {
  readonly name: string;
  /** Of the means. */
  readonly specs: Specs;
  /** What a run is told beside its rows. */
  readonly given?: Specs;
  /** Rows of a run; as many as pay unless given. */
  readonly chunk?: number;
}

/**
 * Means over some rows.
 * @param total number of rows
 * @param runs what the program is told of a chunk of `count` rows: it runs once for each entry, and adds up
 */
export type RowMeans = (total: number, read: ReadRows, runs?: (count: number) => readonly Arrays[]) => Promise<Arrays>;

/**
 * Compiles a pass over any number of rows that returns means over them, computed from the trained model in inference mode.
 * @param compute Σ weight·(what is wanted of the row) over rows; rows of weight 0 hold anything
 */
export async function createRowMeans(
  { engine, network, stream }: Setup,
  trainer: Trainer,
  { name, specs, given = {}, chunk = rowsAtOnce(network) }: RowMeansOptions,
  compute: (model: Held, rows: RowTensors, given: Tensors) => Tensors,
): Promise<RowMeans> {
  const { parameters, statistics } = network;
  const program = await engine.compile(
    name,
    (all) => {
      const parts = compute(all.model, asRows(all.rows), all.given);
      return { sum: mapTensors(all.sum, (tensor, key) => tf.add(tensor, parts[key])) };
    },
    { model: { parameters, statistics }, rows: rowSpecs(chunk, stream.inputSize), given, sum: specs },
  );
  return async (total, read, runs = () => [{}]) => {
    let sum = allocate(specs);
    let next = allocate(specs);
    const rows = allocateRows(chunk, stream.inputSize);
    const model = { parameters: trainer.parameters, statistics: trainer.statistics };
    for (let start = 0; start < total; start += chunk) {
      const count = Math.min(chunk, total - start);
      read(rows, start, count);
      rows.weight.fill(0).fill(1 / total, 0, count);
      for (const told of runs(count)) {
        await program.run({ model, rows, given: told, sum }, { sum: next });
        trainer.addFlops(program.flops);
        [sum, next] = [next, sum];
      }
    }
    return sum;
  };
}

import {
  allocate,
  mapTensors,
  tf,
  type Arrays,
  type Specs,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { LearnerTask, Setup, StreamInfo } from '../contract.ts';
import type { Classifier } from './classifier.ts';
import { fisherChunk } from './fisher.ts';
import { absoluteRowGradients, type Held, type RowObjective } from './rowGradients.ts';
import { allocateRows, asRows, rowSpecs, type Rows, type RowTensors } from './rows.ts';
import type { Trainer } from './trainer.ts';

/** What of the logits f the importance is the sensitivity of: ‖f‖₂² or ‖f‖₂. */
export const norms = ['squared', 'plain'] as const;
export type Norm = (typeof norms)[number];

/** Below it ‖f‖₂² counts as constant: the norm has no gradient at 0. */
const least = 1e-24;

/**
 * `[rows]`, the norm of each row's logits, in inference mode: over all outputs, or in the task scenario over those of the row's task, which
 * are all that it can be told apart by.
 */
export function outputNorm(
  { logits }: Classifier,
  { scenario, taskOutputs, outputCount }: StreamInfo,
  norm: Norm,
): RowObjective {
  const own = taskOutputs.map((outputs) =>
    Array.from({ length: outputCount }, (_, output) => Number(outputs.includes(output))),
  );
  return (parameters, rows, pass) => {
    const all = logits(parameters, rows, pass);
    const counted = scenario === 'task' ? (tf.mul(all, tf.gather(tf.tensor2d(own), rows.task)) as Tensor2D) : all;
    const squares = tf.sum(tf.square(counted), 1) as Tensor1D;
    return norm === 'squared' ? squares : tf.sqrt(tf.maximum(squares, least));
  };
}

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
 * Compiles a pass over any number of rows that returns means over them, computed from the trained model in inference mode.
 * @param specs of the means
 * @param compute Σ weight·(what is wanted of the row) over rows; rows of weight 0 hold anything
 * @param most rows that will be asked for at a time, if that is known
 */
export async function createMeans(
  { engine, network, stream }: Setup,
  trainer: Trainer,
  { name, specs, most = Infinity }: { readonly name: string; readonly specs: Specs; readonly most?: number },
  compute: (model: Held, rows: RowTensors) => Tensors,
): Promise<(total: number, read: ReadRows) => Promise<Arrays>> {
  const { parameters, statistics } = network;
  const chunk = Math.min(fisherChunk(network), most);
  const program = await engine.compile(
    name,
    (given) => {
      const parts = compute(given.model, asRows(given.rows));
      return { sum: mapTensors(given.sum, (tensor, key) => tf.add(tensor, parts[key])) };
    },
    { model: { parameters, statistics }, rows: rowSpecs(chunk, stream.inputSize), sum: specs },
  );
  return async (total, read) => {
    let sum = allocate(specs);
    let next = allocate(specs);
    const rows = allocateRows(chunk, stream.inputSize);
    const model = { parameters: trainer.parameters, statistics: trainer.statistics };
    for (let start = 0; start < total; start += chunk) {
      const count = Math.min(chunk, total - start);
      read(rows, start, count);
      rows.weight.fill(0).fill(1 / total, 0, count);
      await program.run({ model, rows, sum }, { sum: next });
      trainer.addFlops(program.flops);
      [sum, next] = [next, sum];
    }
    return sum;
  };
}

/**
 * Compiles the importance of Memory Aware Synapses (arXiv:1711.09601): for each parameter θ the mean over rows n of |∂ ‖f(xₙ)‖ / ∂θ|, the size
 * being taken of every single row's gradient. No labels are read.
 */
export function createSynapses(setup: Setup, trainer: Trainer, norm: Norm, most?: number) {
  const { network, stream } = setup;
  const { classifier } = trainer;
  const objective = outputNorm(classifier, stream, norm);
  return createMeans(setup, trainer, { name: 'synapses', specs: network.parameters, most }, (model, rows) =>
    absoluteRowGradients(network, classifier, model, rows, objective),
  );
}

import { allocate, mapTensors, tf, type Arrays } from '../../engine/index.ts';
import type { LearnerTask, Setup } from '../contract.ts';
import { squaredRowGradients } from './rowGradients.ts';
import { allocateRows, asRows, rowSpecs } from './rows.ts';
import type { Trainer } from './trainer.ts';

/**
 * Which labels the Fisher information is taken over: `exact` sums over all competing outputs, weighted by the model's own probabilities
 * (the true Fisher information, of these rows); `empirical` takes the labels of the data.
 */
export const fisherVariants = ['exact', 'empirical'] as const;
export type FisherVariant = (typeof fisherVariants)[number];

/** Rows handled by one run of the program. Of convolutions each row has a whole gradient in memory. */
const chunks = { linear: 100, conv: 10 };

/**
 * Compiles a pass that computes the diagonal of the Fisher information at the trainer's parameters over some training rows of a task:
 * for each parameter θ the mean over rows n of Σ_c q(c|xₙ)·(∂ log p(c|xₙ) / ∂θ)², with q = p (`exact`) or the label's indicator
 * (`empirical`). Squares are of every single row's gradient, never of a batch's mean. Batch norm takes its running statistics.
 */
export async function createFisherPass({ engine, network, stream }: Setup, trainer: Trainer, variant: FisherVariant) {
  const { parameters, statistics } = network;
  const chunk = network.layers.some(({ kind }) => kind === 'conv') ? chunks.conv : chunks.linear;
  const program = await engine.compile(
    `fisher-${variant}`,
    ({ model, rows, sum }) => {
      const squares = squaredRowGradients(network, trainer.classifier, model, asRows(rows), variant === 'exact');
      return { sum: mapTensors(sum, (tensor, name) => tf.add(tensor, squares[name])) };
    },
    { model: { parameters, statistics }, rows: rowSpecs(chunk, stream.inputSize), sum: parameters },
  );
  const everyOutput = Array.from({ length: stream.outputCount }, (_, output) => output);

  return async (task: LearnerTask, selected: Int32Array): Promise<Arrays> => {
    let sum = allocate(network.parameters);
    let next = allocate(network.parameters);
    const rows = allocateRows(chunk, stream.inputSize);
    const model = { parameters: trainer.parameters, statistics: trainer.statistics };
    rows.task.fill(task.index);
    const competing = stream.scenario === 'task' ? task.outputs : everyOutput;
    for (let start = 0; start < selected.length; start += chunk) {
      const part = selected.subarray(start, start + chunk);
      task.train.read(part, rows.x);
      rows.weight.fill(0).fill(1 / selected.length, 0, part.length);
      // The exact one takes each competing output in turn as the label of all rows.
      for (const output of variant === 'exact' ? competing : [null]) {
        if (output === null) part.forEach((row, i) => (rows.y[i] = task.train.labels[row]));
        else rows.y.fill(output);
        await program.run({ model, rows, sum }, { sum: next });
        trainer.addFlops(program.flops);
        [sum, next] = [next, sum];
      }
    }
    return sum;
  };
}

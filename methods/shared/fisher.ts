import { allocate, mapTensors, tf, type Arrays, type Network, type Tensor1D } from '../../engine/index.ts';
import type { LearnerTask, Setup } from '../contract.ts';
import { fisherLabels, type FisherVariant } from './fisherLabels.ts';
import { squaredRowGradients, type Held } from './rowGradients.ts';
import { allocateRows, asRows, rowSpecs } from './rows.ts';
import type { Trainer } from './trainer.ts';

/** Rows handled by one run of the program. Of convolutions each row has a whole gradient in memory. */
export function fisherChunk({ layers }: Network): number {
  return layers.some(({ kind }) => kind === 'conv') ? 10 : 200;
}

/**
 * Compiles a pass that computes the diagonal of the Fisher information at the trainer's parameters over some training rows of a task:
 * for each parameter θ the mean over rows n of Σ_c q(c|xₙ)·(∂ log p(c|xₙ) / ∂θ)², with q = p (`exact`) or the indicator of one label.
 * Squares are of every single row's gradient, never of a batch's mean. Batch norm takes its running statistics. What is drawn comes from
 * the method's generator.
 * @param chunk rows handled by one run
 */
export async function createFisherPass(
  setup: Setup,
  trainer: Trainer,
  variant: FisherVariant,
  chunk = fisherChunk(setup.network),
) {
  const { engine, network, stream, rng } = setup;
  const { parameters, statistics } = network;
  const { classifier } = trainer;
  const outputsOf = (task: number): readonly number[] =>
    stream.scenario === 'task' ? stream.taskOutputs[task] : [...Array(stream.outputCount).keys()];
  const most = Math.max(...stream.taskOutputs.map((_, task) => outputsOf(task).length));
  const labels = fisherLabels(variant, chunk, most);
  const program = await engine.compile(
    `fisher-${variant}`,
    ({ model, rows, given, sum }) => {
      const held: Held = model;
      const batch = asRows(rows);
      const logits = () => {
        const pass = { mode: 'inference', statistics: held.statistics } as const;
        return classifier.compete(classifier.logits(held.parameters, batch, pass), batch.task);
      };
      const groups = labels.choose(given, batch, logits).map(({ y, share = 1 }) => {
        const weight: Tensor1D = tf.mul(batch.weight, share);
        return { ...batch, y, weight };
      });
      const squares = squaredRowGradients(network, classifier, held, groups, variant === 'exact');
      return { sum: mapTensors(sum, (tensor, name) => tf.add(tensor, squares[name])) };
    },
    {
      model: { parameters, statistics },
      rows: rowSpecs(chunk, stream.inputSize),
      given: labels.specs,
      sum: parameters,
    },
  );

  return async (task: LearnerTask, selected: Int32Array): Promise<Arrays> => {
    let sum = allocate(parameters);
    let next = allocate(parameters);
    const rows = allocateRows(chunk, stream.inputSize);
    const model = { parameters: trainer.parameters, statistics: trainer.statistics };
    rows.task.fill(task.index);
    for (let start = 0; start < selected.length; start += chunk) {
      const part = selected.subarray(start, start + chunk);
      task.train.read(part, rows.x);
      part.forEach((row, i) => (rows.y[i] = task.train.labels[row]));
      rows.weight.fill(0).fill(1 / selected.length, 0, part.length);
      for (const given of labels.runs(outputsOf(task.index), part.length, rng)) {
        await program.run({ model, rows, given, sum }, { sum: next });
        trainer.addFlops(program.flops);
        [sum, next] = [next, sum];
      }
    }
    return sum;
  };
}

import type { Arrays } from '../../engine/index.ts';
import type { LearnerTask, Setup } from '../contract.ts';
import { fisherLabels, outputsAtOnce, type FisherVariant } from './fisherLabels.ts';
import { squaredRowGradients } from './rowGradients.ts';
import { createRowMeans, rowsAtOnce, rowsOf } from './rowMeans.ts';
import type { Trainer } from './trainer.ts';

/**
 * Compiles a pass that computes the diagonal of the Fisher information at the trainer's parameters over some training rows of a task:
 * for each parameter θ the mean over rows n of Σ_c q(c|xₙ)·(∂ log p(c|xₙ) / ∂θ)², with q = p (`exact`) or the indicator of one label.
 * Squares are of every single row's gradient, never of a batch's mean. Batch norm takes its running statistics. What is drawn comes from
 * the method's generator.
 * @param atOnce what one run handles: rows, and outputs that are taken as labels
 */
export async function createFisherPass(
  setup: Setup,
  trainer: Trainer,
  variant: FisherVariant,
  { rows: chunk = rowsAtOnce(setup.network), outputs = outputsAtOnce }: { rows?: number; outputs?: number } = {},
) {
  const { network, stream, rng } = setup;
  const { classifier } = trainer;
  const outputsOf = (task: number): readonly number[] =>
    stream.scenario === 'task' ? stream.taskOutputs[task] : [...Array(stream.outputCount).keys()];
  const mostOutputs = Math.max(...stream.taskOutputs.map((_, task) => outputsOf(task).length));
  const labels = fisherLabels(variant, chunk, Math.min(outputs, mostOutputs));
  const means = await createRowMeans(
    setup,
    trainer,
    { name: `fisher-${variant}`, specs: network.parameters, given: labels.specs, chunk },
    (model, rows, given) => {
      const logits = () => {
        const pass = { mode: 'inference', statistics: model.statistics } as const;
        return classifier.compete(classifier.logits(model.parameters, rows, pass), rows.task);
      };
      const groups = labels.choose(given, rows, logits).map((labelling) => ({ ...rows, ...labelling }));
      return squaredRowGradients(network, classifier, model, groups);
    },
  );

  return (task: LearnerTask, selected: Int32Array): Promise<Arrays> => {
    const readInputs = rowsOf(task, selected);
    return means(
      selected.length,
      (rows, start, count) => {
        readInputs(rows, start, count);
        for (let i = 0; i < count; i++) rows.y[i] = task.train.labels[selected[start + i]];
      },
      (count) => labels.runs(outputsOf(task.index), count, rng),
    );
  };
}

import { differences, type Arrays } from '../../../engine/index.ts';
import type { Setup } from '../../contract.ts';
import { crossEntropy } from '../classifier.ts';
import { asRows, rowSpecs, type Rows } from '../rows.ts';
import type { Trainer } from '../trainer.ts';
import { createWatch } from '../watch.ts';
import { watchedLayers, type Bases, type Guard } from './guard.ts';

/** Makes an update that leaves what the layers make of old inputs as it was. */
export type GuardedStep = (rows: Rows, task: number) => Promise<{ loss: number; aux: Arrays }>;

/**
 * Compiles the step of later tasks: the gradient of the cross-entropy without its part in the bases. Shapes are static, so that other bases take
 * another step. Batch norm runs on the statistics of the first task, which move no more. Where the optimiser's changes are not
 * combinations of the gradients (Adam, weight decay), the change of the parameters is projected, too.
 */
export async function compileGuardedStep(
  name: string,
  { stream, training }: Setup,
  trainer: Trainer,
  guard: Guard,
  bases: Bases,
): Promise<GuardedStep> {
  const { specs, arrays, confine } = guard.bind(bases);
  const watched = watchedLayers(guard.layers, training.batch);
  const { classifier } = trainer;
  const step = await trainer.compile(
    name,
    { rows: rowSpecs(training.batch, stream.inputSize), guard: specs },
    (parameters, inputs) => {
      const rows = asRows(inputs.rows);
      const watch = createWatch(watched);
      const { loss, gradients: raw } = trainer.lossGradients((p) => {
        const logits = classifier.logits(p, rows, { ...classifier.pass(rows)!, mode: 'frozen', tap: watch.tap });
        return { loss: crossEntropy(classifier.compete(logits, rows.task), rows.y, rows.weight) };
      }, parameters);
      const gradients = confine(raw, inputs.guard, (layer) => (watched(layer) ? watch.seen(layer) : undefined));
      watch.dispose();
      return { loss, gradients, stability: differences(gradients, raw) };
    },
    training.optimizer.keepsSpan ? {} : { confine: (change, inputs) => confine(change, inputs.guard) },
  );
  return (rows, task) => step({ rows, guard: arrays(task) });
}

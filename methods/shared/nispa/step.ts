import type { Arrays } from '../../../engine/index.ts';
import type { Setup } from '../../contract.ts';
import { crossEntropy } from '../classifier.ts';
import { masked, maskSpecsOf } from '../masks/layerMasks.ts';
import { asRows, rowSpecs, type Rows } from '../rows.ts';
import type { Trainer } from '../trainer.ts';
import type { Connections } from './connections.ts';
import { frozenSpecs, movesPlastic } from './freezing.ts';

/** Makes an update by the cross-entropy of some rows. @param units of `frozenUnits`; null in the first task @returns the loss */
export type PlasticStep = (rows: Rows, masks: Arrays, units: Arrays | null) => Promise<number>;

/**
 * Compiles steps that keep what is masked at zero, and after the first task what is frozen as it is to the bit. Batch norm then runs on running
 * statistics, which move no more.
 */
export async function compilePlasticStep(
  name: string,
  { network, stream, training }: Setup,
  trainer: Trainer,
  layers: readonly Connections[],
  masks: Arrays,
): Promise<PlasticStep> {
  const { classifier } = trainer;
  const inputs = { rows: rowSpecs(training.batch, stream.inputSize), masks: maskSpecsOf(network, masks) };
  const first = await trainer.compileLoss(
    `${name}-first-task`,
    inputs,
    (parameters, given) => ({ loss: classifier.loss(parameters, asRows(given.rows)) }),
    { constrain: (tensors, given) => masked(tensors, given.masks) },
  );
  const moves = movesPlastic(network);
  const later = await trainer.compileLoss(
    name,
    { ...inputs, units: frozenSpecs(layers) },
    (parameters, given) => {
      const batch = asRows(given.rows);
      const pass = { ...classifier.pass(batch)!, mode: 'frozen' as const };
      const logits = classifier.compete(classifier.logits(parameters, batch, pass), batch.task);
      return { loss: crossEntropy(logits, batch.y, batch.weight) };
    },
    {
      constrain: (tensors, given) => masked(tensors, given.masks),
      moves: (parameter, given) => moves(parameter, given.units),
    },
  );
  return async (rows, current, units) => {
    const { loss } =
      units === null ? await first({ rows, masks: current }) : await later({ rows, masks: current, units });
    return loss;
  };
}

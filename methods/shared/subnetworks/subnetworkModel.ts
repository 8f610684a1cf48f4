import type { Arrays } from '../../../engine/index.ts';
import type { Model } from '../../contract.ts';
import type { Trainer } from '../trainer.ts';
import type { TaskMasks } from './taskMasks.ts';

/**
 * A model that predicts every task that is kept with its own subnetwork, and the task at hand and those ahead with what is in training.
 * @param present parameters of what is in training; the trainer's as they are unless given
 */
export function subnetworkModel(
  { model }: Trainer,
  masks: TaskMasks,
  present: (parameters: Arrays) => Arrays = (parameters) => parameters,
): Model {
  const { specs, logits } = model;
  return {
    specs,
    logits,
    parameters(task) {
      const shared = model.parameters();
      return task !== undefined && task < masks.count ? masks.parametersOf(task, shared) : present(shared);
    },
  };
}

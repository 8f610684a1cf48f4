import type { Arrays } from '../../../engine/index.ts';
import type { Model } from '../../contract.ts';
import type { Trainer } from '../trainer.ts';
import type { TaskMasks } from './taskMasks.ts';

/**
 * A model that predicts every task that is kept with its own subnetwork, and the task at hand and those ahead with what is in training.
 * @param masks of what is in training, by weight name, where its parameters are not zero outside of it already
 */
export function subnetworkModel({ model }: Trainer, kept: TaskMasks, masks: Arrays = {}): Model {
  const { specs, logits } = model;
  const view: Arrays = Object.fromEntries(
    Object.entries(masks).map(([name, { length }]) => [name, new Float32Array(length)]),
  );
  return {
    specs,
    logits,
    parameters(task) {
      const shared = model.parameters();
      if (task !== undefined && task < kept.count) return kept.parametersOf(task, shared);
      for (const [name, target] of Object.entries(view)) {
        const [mask, values] = [masks[name], shared[name]];
        for (let i = 0; i < target.length; i++) target[i] = mask[i] === 0 ? 0 : values[i];
      }
      return { ...shared, ...view };
    },
  };
}

import { sizeOf, type Arrays, type Specs } from '../../../engine/index.ts';
import type { Batch, LearnerTask, Setup } from '../../contract.ts';
import type { ReadRows } from '../rowMeans.ts';
import type { Trainer } from '../trainer.ts';
import { activeCounts, maskSpecsOf, randomMasks, startSparse } from './layerMasks.ts';
import { createSaliency, labelledRowsOf, rowsOfBatch, snipLayerMasks, snipMasks } from './snip.ts';
import type { SparseTrainingOptions } from './trainingOptions.ts';

/** Where a sparse network starts from. */
export interface FirstMasks {
  /** Specs of the masks, by weight name. */
  readonly specs: Specs;
  /** The masks at creation: random ones, which the weights already obey, or dense ones until they are chosen. */
  readonly masks: Arrays;
  /** Whether they are still to be chosen by data. */
  readonly pending: boolean;
  /** Chooses masks by rows of a task, which the weights obey from then on. */
  fromTask(task: LearnerTask): Promise<Arrays>;
  /** The same by the rows of a batch, where no task is told. */
  fromBatch(batch: Batch): Promise<Arrays>;
}

/** @throws {UserError} if a layer would be left without a weight; by SNIP over all layers that turns out when masks are chosen */
export async function createFirstMasks(
  method: string,
  setup: Setup<SparseTrainingOptions>,
  trainer: Trainer,
): Promise<FirstMasks> {
  const { options, network, rng } = setup;
  const { init, sparsity, snipSamples } = options;
  const counts = activeCounts(method, network, options);
  const pending = init !== 'random';
  const masks = pending ? denseMasks(network.parameters, Object.keys(counts)) : randomMasks(network, counts, rng);
  if (!pending) startSparse(trainer, masks);
  const saliency = pending ? await createSaliency(setup, trainer) : null;

  async function choose(total: number, read: ReadRows): Promise<Arrays> {
    const scores = await saliency!(total, read);
    const chosen = init === 'snip' ? snipMasks(method, scores, sparsity) : snipLayerMasks(scores, counts);
    startSparse(trainer, chosen, 'chosen');
    return chosen;
  }

  return {
    specs: maskSpecsOf(network, masks),
    masks,
    pending,
    fromTask(task) {
      const count = Math.min(snipSamples, task.train.length);
      return choose(count, labelledRowsOf(task, rng.sample(task.train.length, count)));
    },
    fromBatch: (batch) => choose(batch.size, rowsOfBatch(batch)),
  };
}

function denseMasks(parameters: Specs, names: readonly string[]): Arrays {
  return Object.fromEntries(names.map((name) => [name, new Float32Array(sizeOf(parameters[name].shape)).fill(1)]));
}

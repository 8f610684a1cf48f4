import { UserError } from '../base/index.ts';
import { defineMethod, type Batch, type Method, type Setup, type State } from './contract.ts';
import { derpp } from './derpp.ts';
import { er } from './er.ts';
import { darkReplay, type DarkReplayOptions } from './shared/darkReplay.ts';
import { experienceReplay, type ExperienceReplayOptions } from './shared/experienceReplay.ts';
import { densitiesOf, masked, maskSpecsOf } from './shared/masks/layerMasks.ts';
import { compileRehearsal, logitsOf, type Compete, type Rehearsal } from './shared/rehearsal.ts';
import { createDataRemoval } from './shared/sparcl/dataRemoval.ts';
import { createDynamicMasks, type Importance } from './shared/sparcl/dynamicMasks.ts';
import { createGradientMasks } from './shared/sparcl/gradientMasks.ts';
import {
  batchRows,
  createSidedGradients,
  gradientImportance,
  singleHead,
  storedRows,
  weightImportance,
} from './shared/sparcl/importance.ts';
import { planLayers } from './shared/sparcl/layerPlan.ts';
import { sparclOptions, type SparclOptions } from './shared/sparcl/options.ts';
import { createRemainder } from './shared/sparcl/remainder.ts';
import { createTaskSample } from './shared/sparcl/taskSample.ts';
import { bytesOf, createTrainer, type Trainer } from './shared/trainer.ts';

const name = 'sparcl';

/**
 * SparCL: replay with a sparse network whose mask follows the tasks (TDM), on the samples of the task that are not yet learnt (DDR), with the
 * gradients that matter (DGM). Docs: docs/methods/sparcl.md
 */
export const sparcl = defineMethod({
  name,
  title: 'Sparse Continual Learning on the Edge',
  family: 'sparse',
  paper: 'arXiv:2209.09476',
  scenarios: ['class', 'task', 'domain'],
  takesViews: false,
  options: sparclOptions,
  complete: (options) => ({ ...options, baseOptions: baseOf(options).parseOptions(options.baseOptions) }),
  check(options, stream) {
    const { sparsity, gradientSparsity, intraShare, tdm } = options;
    if (gradientSparsity !== null && gradientSparsity < sparsity)
      throw new UserError(
        `method ${name}: gradientSparsity: ${gradientSparsity} is below the sparsity of ${sparsity}, and no gradient of an inactive weight is ever used; choose ${sparsity} or more, or null`,
      );
    if (tdm && intraShare >= 1 - sparsity)
      throw new UserError(
        `method ${name}: intraShare: ${intraShare} of a layer’s weights cannot be replaced, since at a sparsity of ${sparsity} no more than ${Number((1 - sparsity).toFixed(6))} are active; choose a smaller intraShare`,
      );
    baseOf(options).check(options.baseOptions, stream);
  },
  conventions: ({ singleHead: single }) => [
    'importance is of gradients of means over rows, in inference mode',
    'removed samples are not trained on, and an update is made as soon as a full batch is left: an observed batch may make none, with loss 0',
    ...(single ? ['new rows compete among the outputs of their task in the training loss'] : []),
  ],
  async create(setup) {
    const { network, stream, training, options, rng } = setup;
    const { tdm, ddr, dgm } = options;
    const trainer = createTrainer(setup);
    const rehearsal = rehearse(setup, trainer, options.singleHead ? singleHead(stream, trainer.classifier) : undefined);
    // What the parts draw is not the replay's: with all of them off it draws as it does by itself.
    const [maskRng, removalRng, sampleRng] = ['masks', 'removal', 'sample'].map((label) => rng.fork(label));
    const plans = planLayers(name, network, options);
    const dynamic = createDynamicMasks(network, trainer, plans, maskRng);
    const { masks } = dynamic;
    const gradient = dgm ? createGradientMasks(plans, options.gradientInterval) : null;
    const removal = createDataRemoval({ share: options.removal, intervals: options.cutoff }, removalRng);
    const remainder = createRemainder(training.batch, stream.inputSize);
    const sample = createTaskSample(tdm ? options.importanceRows : 0, stream.inputSize, sampleRng);
    const gradients = tdm || dgm ? await createSidedGradients(setup, trainer, Object.keys(plans)) : null;

    const specs = maskSpecsOf(network, masks);
    const steps = await compileRehearsal(
      trainer,
      rehearsal,
      { masks: specs, ...(gradient && { gradientMasks: specs }) },
      {
        logits: ddr || rehearsal.keepsLogits,
        filter: gradient ? (tensors, inputs) => masked(tensors, inputs.gradientMasks) : undefined,
        constrain: (tensors, inputs) => masked(tensors, inputs.masks),
      },
    );

    /** Rows of the task, how many of them were shown, and its intervals that have ended. */
    const progress = { rows: 0, shown: 0, intervals: 0 };
    let densities = densitiesOf(masks);
    let measuring = false;

    /** The gradients by which something is chosen: for those all that are active are needed. */
    async function measure(...sides: Parameters<NonNullable<typeof gradients>>) {
      measuring = true;
      const { current, memory } = await gradients!(...sides);
      measuring = false;
      return (of: (weight: string, own: Float32Array, old: Float32Array | undefined) => Float32Array): Importance =>
        Object.fromEntries(
          Object.keys(plans).map((weight) => [
            weight,
            of(weight, current[weight] as Float32Array, memory?.[weight] as Float32Array | undefined),
          ]),
        );
    }

    async function importanceOfWeights(): Promise<Importance> {
      const { buffer } = rehearsal;
      const slots = buffer.draw(Math.min(options.importanceRows, buffer.size));
      const on = await measure(sample.rows(removal.keeps), storedRows(buffer.store, slots));
      return on((weight, own, old) => weightImportance(trainer.parameters[weight], own, old, options));
    }

    function masksChanged(): void {
      densities = densitiesOf(masks);
      gradient?.invalidate();
    }

    /** What happens between two intervals of a task, before the first row of the next one. */
    async function endInterval(): Promise<void> {
      progress.intervals++;
      if (ddr) removal.endInterval();
      if (!tdm) return;
      dynamic.renew(await importanceOfWeights());
      masksChanged();
    }

    const all = [...Array(stream.outputCount).keys()];
    function noteMisses({ y, ids, size, task }: Batch, logits: Float32Array): void {
      const outputs = stream.scenario === 'task' ? stream.taskOutputs[task] : all;
      for (let row = 0; row < size; row++) {
        const score = (output: number): number => logits[row * stream.outputCount + output];
        const predicted = outputs.reduce((best, output) => (score(output) > score(best) ? output : best));
        if (predicted !== y[row]) removal.missed(ids[row]);
      }
    }

    return {
      model: trainer.model,
      async beginTask(task) {
        trainer.beginTask();
        Object.assign(progress, { rows: task.train.length, shown: 0, intervals: 0 });
        removal.begin(task.train.ids);
        if (!tdm) return;
        sample.begin(task);
        dynamic.expand();
        masksChanged();
      },
      async observe(batch) {
        if (progress.shown >= progress.rows * options.interval * (progress.intervals + 1)) await endInterval();
        progress.shown += batch.size;
        const left = removal.removed === 0 ? batch : remainder.take(batch, removal.keeps);
        if (!left) return { loss: 0, updates: 0, left: removal.left };
        const { step, inputs, slots } = rehearsal.prepare(left);
        if (gradient?.due) {
          const on = await measure(batchRows(left), storedRows(rehearsal.buffer.store, slots));
          gradient.choose(
            masks,
            on((_, own, old) => gradientImportance(own, old, options)),
          );
        }
        const { loss, aux } = await steps[step]({
          ...inputs,
          masks,
          ...(gradient && { gradientMasks: gradient.masks }),
        });
        gradient?.count();
        rehearsal.keep(left, logitsOf(aux));
        if (ddr) noteMisses(left, logitsOf(aux)!);
        return { loss, updates: 1, left: removal.left };
      },
      async endTask() {
        remainder.clear();
        if (dynamic.expanded) {
          dynamic.shrink(await importanceOfWeights());
          masksChanged();
        }
        dynamic.endTask();
      },
      state: () => ({
        trainer: trainer.state(),
        buffer: rehearsal.buffer.state(),
        rng: [rng, maskRng, removalRng, sampleRng].map((each) => each.state()),
        dynamic: dynamic.state(),
        gradient: gradient?.state() ?? null,
        removal: removal.state(),
        remainder: remainder.state(),
        sample: sample.state(),
        progress: { ...progress },
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        rehearsal.buffer.restore(state.buffer as State);
        const states = state.rng as readonly number[][];
        [rng, maskRng, removalRng, sampleRng].forEach((each, i) => each.restore(states[i]));
        dynamic.restore(state.dynamic as State);
        gradient?.restore(state.gradient as State);
        removal.restore(state.removal as State);
        remainder.restore(state.remainder as State);
        sample.restore(state.sample as State);
        Object.assign(progress, state.progress);
        densities = densitiesOf(masks);
      },
      cost: () => ({
        flops: trainer.flops,
        extraBytes:
          rehearsal.buffer.store.bytes +
          bytesOf(masks) +
          (gradient ? bytesOf(gradient.masks) : 0) +
          sample.bytes +
          (ddr ? removal.bytes + remainder.bytes : 0),
        masks: dynamic.cost(gradient ? 2 : 1),
      }),
      sparsity: () => ({
        weights: densities,
        ...(gradient && !measuring && { gradients: gradient.densities }),
      }),
    };
  },
});

function baseOf({ base }: Pick<SparclOptions, 'base'>): Method {
  return base === 'er' ? er : derpp;
}

/** The parts of an update of the base. */
function rehearse(setup: Setup<SparclOptions>, trainer: Trainer, compete: Compete | undefined): Rehearsal {
  const { base, baseOptions } = setup.options;
  return base === 'er'
    ? experienceReplay(setup, baseOptions as unknown as ExperienceReplayOptions, trainer, compete)
    : darkReplay(base, setup, baseOptions as unknown as DarkReplayOptions, trainer, compete);
}

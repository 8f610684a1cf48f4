import * as z from 'zod';
import { allocate, type Arrays } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { drawHeldOut, partTask, putVisible, type PartedTask } from './shared/heldOut.ts';
import { distributions } from './shared/masks/density.ts';
import { activeCounts, sparsityOption } from './shared/masks/layerMasks.ts';
import { connectionsOf, requireOwnOutputs } from './shared/nispa/connections.ts';
import { createMeasures } from './shared/nispa/measures.ts';
import { firstPhase, goesBack, nextPhase, packProgress, unpackProgress, type Progress } from './shared/nispa/phases.ts';
import { createPlasticNetwork } from './shared/nispa/plasticNetwork.ts';
import { activityShare } from './shared/nispa/stableUnits.ts';
import { compilePlasticStep } from './shared/nispa/step.ts';
import { choice, nonNegative, positive } from './shared/options.ts';
import { allocateRows } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

const name = 'nispa';

/**
 * Neuro-Inspired Stability–Plasticity Adaptation: a sparse network of fixed density. Phase after phase of a task fewer, more active units are
 * stable, and connections from plastic into stable units move into plastic ones; at its end what lies between stable units is frozen. Docs: docs/methods/nispa.md
 */
export const nispa = defineMethod({
  name,
  title: 'Neuro-Inspired Stability–Plasticity Adaptation',
  family: 'sparse',
  paper: 'arXiv:2206.09117',
  scenarios: ['task'],
  options: z.strictObject({
    sparsity: sparsityOption,
    distribution: choice(distributions, 'uniform', {
      description: 'how the density is spread over layers at the start',
      source: 'BurakGurbuz97/NISPA; uniform-first-dense there with convolutions',
    }),
    phaseEpochs: positive(5, {
      description: 'length of a phase (e)',
      unit: 'passes over the task',
      source: 'BurakGurbuz97/NISPA',
    }),
    steps: z.int().min(3).default(30).meta({
      description: 'phases in which the share of activity of stable units, p_t = ½(1 + cos(πt/k)), would fall to 0 (k)',
      unit: 'phases',
      source: 'BurakGurbuz97/NISPA',
    }),
    tolerance: nonNegative(0.75, {
      description: 'fall of the accuracy on held-out rows below the best phase’s that ends a task (a_f)',
      unit: 'percentage points',
      source: 'BurakGurbuz97/NISPA; 2.5 for CIFAR-100',
    }),
    holdout: z.number().gt(0).lt(1).default(0.1).meta({
      description: 'share of a task’s rows that are not trained on and tell when to stop',
      unit: 'share',
      source: 'BurakGurbuz97/NISPA',
    }),
  }),
  conventions: ({ holdout }) => [
    `held out: a random ${holdout} of each task’s rows, left out of batches; a batch of held-out rows alone makes no update`,
    'phases: ended by rows of the stream; the best pass of a phase counts; after the stop rule the rest of the task makes no update',
    'the optimiser starts every phase afresh',
    'frozen at the end of a task: weights between stable units, and biases, norms and running statistics of stable units, to the bit',
    'batch norm runs on running statistics after the first task',
  ],
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    requireOwnOutputs(name, stream);
    const layers = connectionsOf(name, network);
    const trainer = createTrainer(setup);
    const plastic = createPlasticNetwork(setup, trainer, layers, activeCounts(name, network, options));
    const measures = await createMeasures(setup, trainer, layers);
    const step = await compilePlasticStep(name, setup, trainer, layers, plastic.masks);
    const rows = allocateRows(training.batch, stream.inputSize);
    // A batch norm makes too much of the few rows that holding out may leave of a batch.
    const least = Object.keys(network.statistics).length > 0 ? 4 : 1;
    /** Parameters and statistics at the best pass of the phase. */
    const top = allocate(trainer.model.specs);
    let at: Progress = firstPhase();
    let index = 0;
    let heldOut: Int32Array = new Int32Array(0);
    let parted: PartedTask | null = null;

    const current = (): PartedTask => (parted ??= partTask(setup.taskAt(index), heldOut));
    const stats = (loss: number) => ({ loss, phase: at.phase, stable: plastic.stableShare });

    /** Chooses the stable units after a phase, and rewires what leads into them. */
    async function choose(phase: number): Promise<void> {
      const { task, visible } = current();
      const activity = await measures.activity(task, visible);
      if (plastic.choose(activity, activityShare(phase, options.steps), task.outputs) > 0)
        setup.warn(
          `${name}: too few plastic units are left to connect, so the network is sparser than asked for; choose wider layers`,
        );
    }

    async function measure(): Promise<void> {
      const { task, unseen } = current();
      const right = await measures.right(task, unseen);
      if (right <= at.top) return;
      at.top = right;
      assign(top, trainer.model.parameters());
    }

    function endPhase(): void {
      if (goesBack(at, options, heldOut.length)) {
        plastic.goBack();
        at.stopped = true;
        return;
      }
      plastic.goTo(top);
      plastic.keep(top);
      at = nextPhase(at);
    }

    return {
      model: trainer.model,
      async beginTask(task) {
        index = task.index;
        heldOut = drawHeldOut(task, options.holdout, rng);
        parted = partTask(task, heldOut);
        at = firstPhase();
      },
      async observe(batch) {
        if (at.stopped) return stats(0);
        if (at.seen === 0 && at.phase > 1) await choose(at.phase - 1);
        const { task, hidden } = current();
        const kept = putVisible(rows, batch, hidden);
        const learns = kept === batch.size || kept >= least;
        const result = stats(learns ? await step(rows, plastic.masks, plastic.frozen) : 0);
        const { length } = task.train;
        const before = at.seen;
        at.seen += batch.size;
        const ends = at.seen >= Math.round(options.phaseEpochs * length);
        if (ends || Math.floor(at.seen / length) > Math.floor(before / length)) await measure();
        if (ends) endPhase();
        return result;
      },
      async endTask() {
        // The stream may end before the stop rule ends the task: then the phase that it cuts short counts as one.
        if (at.seen > 0 && !at.stopped) {
          await measure();
          endPhase();
        }
        if (at.phase <= 2) {
          setup.warn(
            `${name}: a task ended in its first phase: units with ${(100 * activityShare(1, options.steps)).toFixed(1)} % of the activity became stable, and nothing was trained after the rewiring; choose more epochs, or a smaller phaseEpochs`,
          );
          await choose(1);
        }
        plastic.freeze();
      },
      state: () => ({
        trainer: trainer.state(),
        plastic: plastic.state(),
        top,
        at: packProgress(at),
        index,
        heldOut,
        rng: [...rng.state()],
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        plastic.restore(state.plastic as State);
        assign(top, state.top as Arrays);
        at = unpackProgress(state.at as Int32Array);
        index = state.index as number;
        heldOut = Int32Array.from(state.heldOut as Int32Array);
        parted = null;
        rng.restore(state.rng as number[]);
      },
      cost: () => ({
        flops: trainer.flops,
        extraBytes: plastic.bytes + bytesOf(top) + heldOut.byteLength,
        masks: plastic.cost(),
      }),
      sparsity: () => plastic.sparsity,
    };
  },
});

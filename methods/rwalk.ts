import * as z from 'zod';
import { allocate, float32, type Arrays } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { nonNegative, positive, positiveInteger, unitInterval } from './shared/options.ts';
import { alongPath } from './shared/pathIntegral.ts';
import { createPathPenalty } from './shared/pathPenalty.ts';
import { addStretch, mergeScore, runningFisher, walkImportance } from './shared/riemannianWalk.ts';
import { assign, bytesOf } from './shared/trainer.ts';

/**
 * Riemannian Walk: a running Fisher diagonal and a score of how much each parameter's way took off the loss for the distance it went make up the
 * importance of a quadratic penalty, λ·Σ (F/max F + max(0, s̄)/max s̄)·(θ − θ*)². Docs: docs/methods/rwalk.md
 */
export const rwalk = defineMethod({
  name: 'rwalk',
  title: 'Riemannian Walk',
  family: 'regularization',
  paper: 'arXiv:1801.10112',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(0.1, {
      description: 'strength of the penalty (λ, without a factor ½)',
      unit: '1',
      source: 'Avalanche',
    }),
    alpha: unitInterval(0.9, {
      description: 'weight of the new squared gradient in the running Fisher information (α)',
      unit: '1',
      source: 'arXiv:1801.10112, its code',
    }),
    interval: positiveInteger(10, {
      description: 'updates after which the score grows by what they took off the loss (Δt)',
      unit: 'updates',
      source: 'facebookresearch/agem, Avalanche',
    }),
    epsilon: positive(1.1920929e-7, {
      description: 'added to the distance that a score is divided by (ε)',
      unit: 'nat',
      source: 'Avalanche: the rounding unit of 32-bit floats',
    }),
  }),
  conventions: () => [
    'penalty: lambda · Σ importance · (θ − θ*)², without the factor ½; importance in [0, 2]',
    'Fisher information: running average of squared gradients of batch means of the loss without the penalty',
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { network, options } = setup;
    const penalty = await createPathPenalty(
      setup,
      { name: 'rwalk', strength: options.lambda },
      {
        keeps: ['path', 'fisher'],
        inputs: { share: float32() },
        follow: ({ path, fisher }, { task, before, after }, { share }) => ({
          path: alongPath(path, task, before, after),
          fisher: runningFisher(fisher, task, share),
        }),
      },
    );
    const { trainer, anchor } = penalty;
    /** Where the stretch of updates at hand began. */
    const checkpoint = allocate(network.parameters);
    const score = allocate(network.parameters);
    /** Of the tasks that have ended. */
    const meanScore = allocate(network.parameters);
    const share = new Float32Array(1);
    let updates = 0;
    let inTask = 0;

    const startStretch = () => {
      for (const values of Object.values(penalty.kept('path'))) values.fill(0);
      assign(checkpoint, trainer.model.parameters());
    };
    startStretch();

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
        inTask = 0;
        startStretch();
      },
      async observe(batch) {
        // The average starts with the first squared gradient, not with zeros.
        share[0] = updates === 0 ? 1 : options.alpha;
        const stats = await penalty.step(batch, { share });
        updates++;
        inTask++;
        if (inTask % options.interval === 0) {
          const [path, fisher] = [penalty.kept('path'), penalty.kept('fisher')];
          addStretch(score, { path, fisher, start: checkpoint, end: trainer.model.parameters() }, options.epsilon);
          startStretch();
        }
        return stats;
      },
      async endTask() {
        mergeScore(meanScore, score, anchor.count === 0);
        for (const values of Object.values(score)) values.fill(0);
        walkImportance(anchor.importance, penalty.kept('fisher'), meanScore);
        anchor.moveTo(trainer.model.parameters());
      },
      state: () => ({ ...penalty.state(), checkpoint, score, meanScore, updates, inTask }) as State,
      restore(state) {
        penalty.restore(state);
        assign(checkpoint, state.checkpoint as Arrays);
        assign(score, state.score as Arrays);
        assign(meanScore, state.meanScore as Arrays);
        updates = state.updates as number;
        inTask = state.inTask as number;
      },
      cost: () => ({
        flops: trainer.flops,
        extraBytes: penalty.bytes + bytesOf(checkpoint) + bytesOf(score) + bytesOf(meanScore),
      }),
    };
  },
});

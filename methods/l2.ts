import * as z from 'zod';
import { float32, type Arrays, type Specs } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { createAnchor, createAnchoredStep } from './shared/anchored.ts';
import { choice, nonNegative } from './shared/options.ts';
import { assign, createTrainer } from './shared/trainer.ts';

/** Whose end the parameters are held at: the last task's, or every past task's. */
const anchors = ['last', 'all'] as const;

/**
 * L2 anchor: every parameter is held alike where the last task left it, loss + (λ/2)·Σ (θ − θ*)². What EWC and its kin have to beat: the
 * same penalty without importance. Docs: docs/methods/l2.md
 */
export const l2 = defineMethod({
  name: 'l2',
  title: 'L2 anchor',
  family: 'regularization',
  paper: 'arXiv:1612.00796',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(0.1, {
      description: 'strength of the penalty (λ, with the factor ½)',
      unit: '1',
      source: 'ours, see docs/methods/l2.md',
    }),
    anchors: choice(anchors, 'last', {
      description: 'past tasks whose parameters hold: the last one, or all with a penalty each',
      source: 'GT-RIPL/Continual-Learning-Benchmark, agents/regularization.py (online_reg)',
    }),
  }),
  conventions: (options) => [
    `penalty: (lambda/2)·Σ (θ − θ*)² with lambda = ${options.lambda}, over all parameters: weights, biases, norms and the output layer`,
    options.anchors === 'last'
      ? 'anchors last: θ* is where the last task ended'
      : 'anchors all: the sum of a penalty for each past task, with θ* where that task ended',
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { options, network } = setup;
    const trainer = createTrainer(setup);
    const alike: Specs = Object.fromEntries(Object.keys(network.parameters).map((name) => [name, float32()]));
    const ones: Arrays = Object.fromEntries(Object.keys(alike).map((name) => [name, Float32Array.of(1)]));
    const anchor = createAnchor(network, alike);
    const observe = await createAnchoredStep(setup, trainer, anchor, { name: 'l2', strength: options.lambda / 2 });
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      observe,
      async endTask() {
        if (options.anchors === 'all') return anchor.add(trainer.parameters, ones);
        assign(anchor.importance, ones);
        anchor.moveTo(trainer.parameters);
      },
      state: () => ({ trainer: trainer.state(), anchor: anchor.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        anchor.restore(state.anchor as State);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: anchor.bytes }),
    };
  },
});

import type { Rng } from '../../../base/index.ts';
import type { Arrays, Network } from '../../../engine/index.ts';
import type { MaskCost, State } from '../../contract.ts';
import { clearMasked, densitiesOf, randomMasks, startSparse } from '../masks/layerMasks.ts';
import { lowestActive } from '../masks/lowestActive.ts';
import { countActive, placesOf, placesToGrow } from '../masks/topology.ts';
import { assign, type Trainer } from '../trainer.ts';
import type { LayerPlan } from './layerPlan.ts';

/** Importance of every weight, by name: see `weightImportance`. */
export type Importance = Readonly<Record<string, Float32Array>>;

/** Task-aware dynamic masking: which weights are active, as tasks come and go. What is not active is exactly zero, optimiser state included. */
export interface DynamicMasks {
  /** By weight name; the same arrays throughout. */
  readonly masks: Arrays;
  /** Whether there are more active weights than as a rule. */
  readonly expanded: boolean;
  /** At a task's start: grows every layer at random, from zero. */
  expand(): void;
  /** Leaves the most important weights, fewer than as a rule, and grows others at random, from zero, up to the rule. */
  renew(importance: Importance): void;
  /** Leaves the most important weights, as many as the rule has. */
  shrink(importance: Importance): void;
  /** At a task's end: what is active now has been used. */
  endTask(): void;
  /** @param kinds masks that are kept of each weight */
  cost(kinds: number): MaskCost;
  state(): State;
  restore(state: State): void;
}

/** Starts from random masks. */
export function createDynamicMasks(
  network: Network,
  trainer: Trainer,
  plans: Readonly<Record<string, LayerPlan>>,
  rng: Rng,
): DynamicMasks {
  const each = Object.entries(plans);
  const masks = randomMasks(network, Object.fromEntries(each.map(([name, { active }]) => [name, active])), rng);
  startSparse(trainer, masks);
  // Of the report alone: no part of what the method needs.
  const used = Object.fromEntries(each.map(([name, { size }]) => [name, new Uint8Array(size)]));
  let peak = activeNow();

  function activeNow(): number {
    return each.reduce((sum, [name]) => sum + countActive(masks[name] as Float32Array), 0);
  }

  function shrinkTo(wanted: keyof LayerPlan, importance: Importance): void {
    for (const [name, plan] of each) {
      const mask = masks[name] as Float32Array;
      for (const place of lowestActive(mask, importance[name], countActive(mask) - plan[wanted])) mask[place] = 0;
    }
    clearMasked(trainer, masks);
  }

  // What is inactive holds zeros, so what grows starts from them.
  function growTo(wanted: keyof LayerPlan): void {
    for (const [name, plan] of each) {
      const mask = masks[name] as Float32Array;
      const count = plan[wanted] - countActive(mask);
      if (count > 0) for (const place of placesToGrow('random', {}, placesOf(mask, 0), count, rng)) mask[place] = 1;
    }
    peak = Math.max(peak, activeNow());
  }

  return {
    masks,
    get expanded() {
      return each.some(([name, { active }]) => countActive(masks[name] as Float32Array) > active);
    },
    expand: () => growTo('expanded'),
    renew(importance) {
      shrinkTo('shrunk', importance);
      growTo('active');
    },
    shrink: (importance) => shrinkTo('active', importance),
    endTask() {
      for (const [name, { size }] of each) for (let i = 0; i < size; i++) if (masks[name][i] === 1) used[name][i] = 1;
    },
    cost(kinds) {
      const total = each.reduce((sum, [, { size }]) => sum + size, 0);
      let union = 0;
      for (const [name, { size }] of each)
        for (let i = 0; i < size; i++) if (used[name][i] === 1 || masks[name][i] === 1) union++;
      return {
        active: activeNow(),
        peakActive: peak,
        union,
        total,
        bits: kinds * total,
        inference: densitiesOf(masks),
      };
    },
    state: () => ({ masks, used, peak }),
    restore(state) {
      assign(masks, state.masks as Arrays);
      for (const [name, values] of Object.entries(state.used as Record<string, Uint8Array>)) used[name].set(values);
      peak = state.peak as number;
    },
  };
}

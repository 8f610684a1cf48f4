import type { Arrays } from '../../../engine/index.ts';
import type { State } from '../../contract.ts';
import { lowestActive } from '../masks/lowestActive.ts';
import { countActive } from '../masks/topology.ts';
import { assign } from '../trainer.ts';
import type { LayerPlan } from './layerPlan.ts';

/** Dynamic gradient masking: which gradients an update uses. */
export interface GradientMasks {
  /** By weight name; the same arrays throughout. */
  readonly masks: Arrays;
  /** Share of each layer's gradient entries that is used. */
  readonly densities: Readonly<Record<string, number>>;
  /** Whether they are to be drawn up anew before the next update. */
  readonly due: boolean;
  /** Has them drawn up anew: the weights that they are of have changed. */
  invalidate(): void;
  /** Chooses the most important of the active weights. @param importance by weight name: see `gradientImportance` */
  choose(active: Arrays, importance: Readonly<Record<string, Float32Array>>): void;
  /** Counts an update. */
  count(): void;
  state(): State;
  restore(state: State): void;
}

/** @param interval updates that the masks are kept for */
export function createGradientMasks(plans: Readonly<Record<string, LayerPlan>>, interval: number): GradientMasks {
  const each = Object.entries(plans);
  const masks: Arrays = Object.fromEntries(each.map(([name, { size }]) => [name, new Float32Array(size)]));
  let left = 0;
  return {
    masks,
    densities: Object.fromEntries(each.map(([name, { size, gradients }]) => [name, gradients / size])),
    get due() {
      return left === 0;
    },
    invalidate() {
      left = 0;
    },
    choose(active, importance) {
      for (const [name, { gradients }] of each) {
        const from = active[name] as Float32Array;
        masks[name].set(from);
        for (const place of lowestActive(from, importance[name], countActive(from) - gradients)) masks[name][place] = 0;
      }
      left = interval;
    },
    count() {
      left--;
    },
    state: () => ({ masks, left }),
    restore(state) {
      assign(masks, state.masks as Arrays);
      left = state.left as number;
    },
  };
}

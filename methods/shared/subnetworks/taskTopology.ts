import { UserError } from '../../../base/index.ts';
import type { Arrays, Network } from '../../../engine/index.ts';
import type { Setup, State } from '../../contract.ts';
import { assign, bytesOf, type Trainer } from '../trainer.ts';
import type { Distribution } from '../masks/density.ts';
import { clearSlots, densitiesOf } from '../masks/layerMasks.ts';
import type { TaskMasks } from './taskMasks.ts';
import { taskSites, type TaskSites } from './taskSites.ts';
import { placesOf, placesToDrop, placesToGrow, type DropCriterion, type GrowthCriterion } from '../masks/topology.ts';

/** Where new weights may grow: at any inactive place, or only at those that no earlier task owns. */
export const growthPlaces = ['any', 'free'] as const;
/** What free weights of a task’s first subnetwork start from: initial weights, drawn anew for every task but the first, or zero. */
export const freshWeights = ['initial', 'zero'] as const;

export interface TopologyRules {
  readonly sparsity: number;
  readonly distribution: Distribution;
  readonly drop: DropCriterion;
  readonly growOn: (typeof growthPlaces)[number];
  readonly start: (typeof freshWeights)[number];
}

/** How the topology changes at one update. */
export interface TopologyChange {
  /** Share of each layer's active weights to replace. */
  readonly share: number;
  readonly growth: GrowthCriterion;
  /** Of the loss by the weights in use, by weight name, inactive ones included; for the drop by Taylor's formula. */
  readonly gradients?: Arrays;
  /** What growth goes by, by weight name; for growth by gradient or momentum. */
  readonly scores?: Arrays;
}

/**
 * The subnetwork in training. Weights live in one set of arrays that tasks share: those of a finished task, wherever they are, stay as they are to
 * the bit; a place that belongs to no task and is inactive holds zero, with empty optimiser state.
 */
export interface TaskTopology {
  /** 1 where a weight is active, by weight name. */
  readonly masks: Arrays;
  /** 1 where it is active and belongs to no earlier task: what training moves. */
  readonly moving: Arrays;
  /** Shares of weights that are active, and that move, by weight name. */
  readonly densities: {
    readonly active: Readonly<Record<string, number>>;
    readonly moving: Readonly<Record<string, number>>;
  };
  /** Share of the active weights that earlier tasks own. */
  readonly reused: number;
  /** Share of all weights that any task so far uses. */
  readonly occupied: number;
  /** The largest number of weights that was active at once. */
  readonly peakActive: number;
  readonly bytes: number;
  /**
   * Draws the first masks of a task and sets its free weights.
   * @throws {UserError} if all weights that are open to it belong to earlier tasks
   */
  begin(task: number): void;
  /** Drops and grows the same number of weights in each layer. */
  evolve(change: TopologyChange): void;
  state(): State;
  restore(state: State): void;
}

/**
 * @param method for errors
 * @param kept the subnetworks of the tasks that are finished
 * @param tracksUse whether growth will ask which weights were ever active in the task
 */
export function createTaskTopology(
  method: string,
  { network, initial, stream, rng, warn }: Pick<Setup, 'network' | 'initial' | 'stream' | 'rng' | 'warn'>,
  trainer: Trainer,
  kept: TaskMasks,
  rules: TopologyRules,
  tracksUse: boolean,
): TaskTopology {
  const names = weightNames(network);
  const blank = (): Arrays => Object.fromEntries(names.map((name) => [name, new Float32Array(initial[name].length)]));
  const masks = blank();
  const moving = blank();
  const everActive = tracksUse ? blank() : {};
  // All at once, so that a sparsity that leaves a layer of any task without weights is refused at the start.
  const sites = stream.taskOutputs.map((outputs) => taskSites(method, network, rules, outputs));
  const total = names.reduce((sum, name) => sum + masks[name].length, 0);
  let task = 0;
  let measured = { reused: 0, occupied: 0 };
  let densities: TaskTopology['densities'] = { active: {}, moving: {} };
  let peakActive = 0;

  /** Brings up to date what depends on the masks. */
  function refresh(): void {
    const count = { active: 0, reused: 0, used: 0 };
    for (const name of names) {
      const [mask, owned, moves] = [masks[name], kept.union[name], moving[name]];
      for (let i = 0; i < mask.length; i++) {
        moves[i] = mask[i] * (1 - owned[i]);
        count.active += mask[i];
        count.reused += mask[i] * owned[i];
        count.used += Math.max(mask[i], owned[i]);
      }
    }
    densities = { active: densitiesOf(masks), moving: densitiesOf(moving) };
    measured = { reused: count.reused / count.active, occupied: count.used / total };
    peakActive = Math.max(peakActive, count.active);
  }

  function drawFirst(name: string, { counts, openIn }: TaskSites, fresh: Arrays | null): void {
    const [mask, owned, weights, open] = [masks[name], kept.union[name], trainer.parameters[name], openIn(name)];
    mask.fill(0);
    for (const i of rng.sample(open.length, counts[name])) mask[open[i]] = 1;
    if (tracksUse) everActive[name].set(mask);
    // A share d of the inputs is left to a unit: 1/√d as large, it varies as in the dense network.
    const scale = Math.sqrt(open.length / counts[name]);
    for (let i = 0; i < mask.length; i++)
      if (owned[i] === 0) weights[i] = fresh && mask[i] === 1 ? scale * fresh[name][i] : 0;
  }

  function evolveLayer(name: string, { share, growth, gradients, scores }: TopologyChange): void {
    const mask = masks[name] as Float32Array;
    const owned = kept.union[name];
    const weights = trainer.parameters[name] as Float32Array;
    const active = placesOf(mask, 1);
    // What was inactive before the drop, so that a weight just dropped does not come straight back.
    const inactive = sites[task].openIn(name).filter((i) => mask[i] === 0);
    const grown = placesToGrow(
      growth,
      { scores: scores?.[name] as Float32Array, everActive: everActive[name] as Float32Array },
      rules.growOn === 'free' ? inactive.filter((i) => owned[i] === 0) : inactive,
      Math.floor(share * active.length),
      rng,
    );
    const layer = { weights, gradients: gradients?.[name] as Float32Array };
    const dropped = placesToDrop(rules.drop, layer, active, grown.length);
    const freed = dropped.filter((i) => owned[i] === 0);
    for (const i of dropped) mask[i] = 0;
    for (const i of freed) weights[i] = 0;
    clearSlots(trainer, name, freed);
    // A free place holds zero, with empty optimiser state; an owned one the value that its owner left there.
    for (const i of grown) {
      mask[i] = 1;
      if (tracksUse) everActive[name][i] = 1;
    }
  }

  /** Tells of the layers that have nothing left for a task: in one message, since small layers that are dense all fill up at once. */
  function requireFree({ openIn }: TaskSites): void {
    const full = names.filter((name) => openIn(name).every((i) => kept.union[name][i] === 1));
    const layers = full.map((name) => name.slice(0, name.lastIndexOf('/')));
    if (full.length === names.length)
      throw new UserError(
        `method ${method}: task ${task + 1} has no weight to train: in every layer (${layers.join(', ')}) all that are open to it belong to earlier tasks; choose a larger sparsity than ${rules.sparsity}, a wider network or fewer tasks`,
      );
    if (layers.length > 0)
      warn(
        `method ${method}: task ${task + 1} finds no free weight left in ${layers.join(', ')}: it makes do there with those of earlier tasks, as they are; a larger sparsity or a wider network leaves more`,
      );
  }

  return {
    masks,
    moving,
    get densities() {
      return densities;
    },
    get reused() {
      return measured.reused;
    },
    get occupied() {
      return measured.occupied;
    },
    get peakActive() {
      return peakActive;
    },
    get bytes() {
      return [masks, moving, kept.union, everActive].reduce((sum, arrays) => sum + bytesOf(arrays), kept.bytes);
    },
    begin(index) {
      task = index;
      requireFree(sites[task]);
      // Drawn anew where the first ones were used up, so that nothing depends on more than the state.
      const fresh = task === 0 ? initial : rules.start === 'initial' ? network.init(rng) : null;
      for (const name of names) drawFirst(name, sites[task], fresh);
      refresh();
    },
    evolve(change) {
      for (const name of names) evolveLayer(name, change);
      refresh();
    },
    state: () => ({ masks, everActive, task, peakActive, kept: kept.state() }) as State,
    restore(state) {
      assign(masks, state.masks as Arrays);
      assign(everActive, state.everActive as Arrays);
      task = state.task as number;
      peakActive = state.peakActive as number;
      kept.restore(state.kept as State);
      refresh();
    },
  };
}

/** The names of all weights that a mask covers. */
export function weightNames({ layers }: Pick<Network, 'layers'>): string[] {
  return layers.map(({ name }) => `${name}/weight`);
}

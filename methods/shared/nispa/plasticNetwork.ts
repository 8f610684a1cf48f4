import { allocate, type Arrays } from '../../../engine/index.ts';
import type { MaskCost, Setup, Sparsity, State } from '../../contract.ts';
import { activeIn, clearMasked, densitiesOf } from '../masks/layerMasks.ts';
import { assign, bytesOf, type Trainer } from '../trainer.ts';
import { randomConnections, type Connections } from './connections.ts';
import { frozenUnits, movingShares } from './freezing.ts';
import { drawGrown, initializePlastic } from './plasticWeights.ts';
import { rewire, sizesOf } from './rewiring.ts';
import { assignUnits, plasticUnits, stableShare, withMostActive, type Units } from './stableUnits.ts';
import { markUsed, maskCost } from './usage.ts';

/** A sparse network whose units are stable or plastic, and the state that it can go back to. */
export interface PlasticNetwork {
  readonly masks: Arrays;
  /** For a step, what is frozen; null before the first task has ended. */
  readonly frozen: Arrays | null;
  /** Share of the hidden units that are stable. */
  readonly stableShare: number;
  readonly sparsity: Sparsity;
  /**
   * Makes units stable beside those of earlier tasks, in each hidden layer the most active ones with a share of its activity, and moves the connections
   * that lead from plastic into stable units. The optimiser starts afresh.
   * @returns weights by which the network is sparser than at the start, for want of plastic units to connect
   */
  choose(activity: readonly ArrayLike<number>[], share: number, outputs: readonly number[]): number;
  /** Makes this, with these parameters and statistics, the state to go back to. */
  keep(model: Arrays): void;
  /** Goes back to it; the optimiser starts afresh. */
  goBack(): void;
  /** Takes over parameters and statistics, with the masks and units of now. */
  goTo(model: Arrays): void;
  /** The task ends: freezes what lies between stable units, and starts the rest and the optimiser anew. */
  freeze(): void;
  readonly bytes: number;
  cost(): MaskCost;
  state(): State;
  restore(state: State): void;
}

/** @param counts of active weights, by weight name */
export function createPlasticNetwork(
  { network, initial, rng }: Setup,
  trainer: Trainer,
  layers: readonly Connections[],
  counts: Readonly<Record<string, number>>,
): PlasticNetwork {
  const masks = randomConnections(layers, counts, rng);
  const peak = activeIn(masks);
  const wanted = sizesOf(layers, masks);
  /** Of the tasks that have ended. */
  const settled = plasticUnits(layers);
  /** Of the task at hand, too. */
  const stable = plasticUnits(layers);
  const kept = { model: allocate(trainer.model.specs), masks: zerosLike(masks), stable: plasticUnits(layers) };
  /** 1 for weights that were active at the end of a task. */
  const used = zerosLike(masks);
  let finished = 0;
  let frozen = frozenUnits(layers, settled);
  let sparsity: Sparsity = { weights: {} };
  const survey = (): void => {
    frozen = frozenUnits(layers, settled);
    sparsity = { weights: densitiesOf(masks), gradients: movingShares(layers, masks, settled) };
  };
  initializePlastic(layers, masks, stable, initial, trainer.parameters);
  survey();

  const startOptimizer = (): void => {
    for (const array of Object.values(trainer.optimizerState)) array.fill(0);
  };
  const goTo = (model: Arrays): void => {
    assign(trainer.parameters, model);
    assign(trainer.statistics, model);
  };

  return {
    masks,
    get frozen() {
      return finished === 0 ? null : frozen;
    },
    get stableShare() {
      return stableShare(stable);
    },
    get sparsity() {
      return sparsity;
    },
    choose(activity, share, outputs) {
      assignUnits(stable, withMostActive(settled, activity, share, outputs));
      const { grown, lost } = rewire(layers, masks, stable, rng, wanted);
      clearMasked(trainer, masks);
      drawGrown(layers, grown, trainer.parameters, rng);
      startOptimizer();
      survey();
      return lost;
    },
    keep(model) {
      assign(kept.model, model);
      assign(kept.masks, masks);
      assignUnits(kept.stable, stable);
    },
    goBack() {
      goTo(kept.model);
      assign(masks, kept.masks);
      assignUnits(stable, kept.stable);
      startOptimizer();
      survey();
    },
    goTo,
    freeze() {
      assignUnits(settled, stable);
      finished++;
      markUsed(used, masks);
      const fresh = { ...network.init(rng), ...network.initStatistics() };
      initializePlastic(layers, masks, settled, fresh, { ...trainer.parameters, ...trainer.statistics });
      startOptimizer();
      survey();
    },
    get bytes() {
      const units = [settled, stable, kept.stable].flat();
      return [masks, kept.model, kept.masks, used, units as unknown as Arrays].reduce(
        (sum, arrays) => sum + bytesOf(arrays),
        0,
      );
    },
    // Those at hand and those to go back to.
    cost: () => maskCost(masks, used, peak, 2),
    state: () => ({ masks, settled, stable, kept, used, finished }) as State,
    restore(state) {
      const before = state.kept as unknown as typeof kept;
      assign(masks, state.masks as Arrays);
      assignUnits(settled, state.settled as Units);
      assignUnits(stable, state.stable as Units);
      assign(kept.model, before.model);
      assign(kept.masks, before.masks);
      assignUnits(kept.stable, before.stable);
      assign(used, state.used as Arrays);
      finished = state.finished as number;
      survey();
    },
  };
}

function zerosLike(arrays: Arrays): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, { length }]) => [name, new Float32Array(length)]));
}

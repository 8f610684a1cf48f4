import type { Arrays, WeightLayer } from '../../../engine/index.ts';
import type { LearnerTask, State } from '../../contract.ts';
import { taskBasis, type Basis } from './basis.ts';
import { bytesOfBases, type Bases } from './guard.ts';
import { basesOf, emptyBases, stateOfBases } from './memory.ts';
import type { Matrix } from './matrix.ts';
import { bytesOfRegions, type Region } from './regions.ts';

/** What TRGP and CUBER keep of tasks: bases of each, one of all, and the regions in which each scales its weights. */
export interface TaskSpaces {
  /** Bases of each finished task. */
  readonly own: readonly Bases[];
  /** Bases of all finished tasks together. */
  readonly union: Bases;
  /** Regions of each task that has begun. */
  readonly regions: readonly (readonly Region[])[];
  /** State of the optimiser of the latest task's scales. */
  readonly optimizer: Arrays;
  basis(layer: string, task: number): Basis;
  /** The bases of a layer of each finished task. */
  ofLayer(layer: string): Basis[];
  begin(regions: readonly Region[], optimizer: Arrays): void;
  /** Replaces the regions of all tasks. */
  change(to: (regions: readonly Region[], task: number) => readonly Region[]): void;
  end(
    task: LearnerTask,
    seen: Readonly<Record<string, Matrix>>,
    threshold: (layer: string, task: number) => number,
  ): void;
  bytes(): number;
  state(): State;
  restore(state: State): void;
}

export function createTaskSpaces(layers: readonly WeightLayer[]): TaskSpaces {
  let own: Bases[] = [];
  let union: Bases = emptyBases(layers);
  let regions: (readonly Region[])[] = [];
  let optimizer: Arrays = {};

  return {
    get own() {
      return own;
    },
    get union() {
      return union;
    },
    get regions() {
      return regions;
    },
    get optimizer() {
      return optimizer;
    },
    basis: (layer, task) => own[task][layer],
    ofLayer: (layer) => own.map((bases) => bases[layer]),
    begin(opened, fresh) {
      regions = [...regions, opened];
      optimizer = fresh;
    },
    change(to) {
      regions = regions.map(to);
    },
    end(task, seen, threshold) {
      const made = layers.map(
        ({ name }) => [name, taskBasis(union[name], seen[name], threshold(name, task.index))] as const,
      );
      own = [...own, Object.fromEntries(made.map(([name, bases]) => [name, bases.own]))];
      union = Object.fromEntries(made.map(([name, bases]) => [name, bases.union]));
    },
    bytes: () => [...own, union].reduce((sum, bases) => sum + bytesOfBases(bases), 0) + bytesOfRegions(regions.flat()),
    state: () =>
      ({
        own: own.map(stateOfBases),
        union: stateOfBases(union),
        // Objects: arrays are written in another form after they were read back.
        regions: { ...regions.map((each) => ({ ...each })) },
        optimizer,
      }) as unknown as State,
    restore(state) {
      own = (state.own as State[]).map(basesOf);
      union = basesOf(state.union as State);
      // Scales and the state of their optimiser are written over in training.
      regions = Object.values(state.regions as unknown as Record<string, Record<string, Region>>).map((each) =>
        Object.values(each).map((region) => ({ ...region, scale: region.scale.slice() })),
      );
      optimizer = Object.fromEntries(
        Object.entries(state.optimizer as Arrays).map(([name, values]) => [name, values.slice()]),
      );
    },
  };
}

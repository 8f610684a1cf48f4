import { float32, type Arrays, type Program, type Specs, type Tensor, type Tensor2D } from '../../../engine/index.ts';
import type { Model, Setup } from '../../contract.ts';
import type { Trainer } from '../trainer.ts';
import type { Basis } from './basis.ts';
import { addedWeight, carriedOf, type Region } from './regions.ts';
import { layerOf } from './taskGradients.ts';

/** What of each task's regions is needed to predict it. */
export interface TaskRegions {
  /** Regions of each task so far, by its position. */
  readonly regions: readonly (readonly Region[])[];
  basis(layer: string, task: number): Basis;
}

/** A model whose weights are those of the task that is predicted: W̃ = W + what the task's regions add. */
export interface TaskWeights {
  readonly model: Model;
  /** The weights of a task, brought up to date. */
  effective(task: number): Promise<Arrays>;
  /** Bytes of what is added to the weights of each task. */
  bytes(): number;
  /** What regions add is no longer as it was: that of the latest task, or of all tasks. */
  outdate(all: boolean): void;
}

/**
 * What a task adds is computed when it is asked for, by small programs, one for each size of region, and held until it changes. A task that has
 * not begun is predicted as the latest one.
 */
export function createTaskWeights({ engine, network }: Setup, trainer: Trainer, held: () => TaskRegions): TaskWeights {
  const programs = new Map<string, Program<Specs, { sum: Tensor }>>();
  /** By task and parameter. */
  let added: (Arrays | null)[] = [];
  const merged: Arrays = {};

  async function addedBy(region: Region, basis: Basis): Promise<{ sum: Float32Array; flops: number | null }> {
    const layer = layerOf(network, region.layer);
    const name = `${region.layer}/weight`;
    const spec = network.parameters[name];
    const fixed = region.carried !== null;
    const key = JSON.stringify([spec.shape, basis.rank, fixed]);
    const { rank, size } = basis;
    const specs: Specs = {
      basis: float32(rank, size),
      scale: float32(rank, rank),
      ...(fixed ? { carried: float32(rank, layer.outputs) } : { weight: spec }),
    };
    const program =
      programs.get(key) ??
      (await engine.compile(
        'scaled-weight',
        (given) => {
          const directions = given.basis as Tensor2D;
          const carried = fixed ? (given.carried as Tensor2D) : carriedOf(layer, given.weight, directions);
          return { sum: addedWeight(layer, spec.shape, directions, given.scale as Tensor2D, carried) };
        },
        specs,
      ));
    programs.set(key, program);
    const arrays: Arrays = { basis: basis.directions, scale: region.scale };
    if (fixed) arrays.carried = region.carried!;
    else arrays.weight = trainer.model.parameters()[name];
    const { sum } = await program.run(arrays);
    return { sum: sum as Float32Array, flops: program.flops };
  }

  /** @param spent told the operations that it took */
  async function refresh(task: number, spent: (flops: number | null) => void): Promise<void> {
    const { regions, basis } = held();
    const sums: Arrays = {};
    for (const region of regions[task] ?? []) {
      const name = `${region.layer}/weight`;
      const { sum: more, flops } = await addedBy(region, basis(region.layer, region.task));
      spent(flops);
      sums[name] = sums[name] ? sums[name].map((value, i) => value + more[i]) : more;
    }
    added[task] = sums;
  }

  function parameters(task?: number): Arrays {
    const latest = Math.max(0, held().regions.length - 1);
    const sums = added[Math.min(task ?? latest, latest)];
    const own = trainer.model.parameters();
    if (!sums) return own;
    for (const [name, sum] of Object.entries(sums)) {
      const target = (merged[name] ??= new Float32Array(sum.length));
      for (let i = 0; i < sum.length; i++) target[i] = own[name][i] + sum[i];
    }
    return { ...own, ...Object.fromEntries(Object.keys(sums).map((name) => [name, merged[name]])) };
  }

  const { specs, logits } = trainer.model;
  return {
    model: {
      specs,
      logits,
      parameters,
      async prepare() {
        // No part of the training, which does not depend on how often a prediction is asked for.
        for (let task = 0; task < held().regions.length; task++) if (!added[task]) await refresh(task, () => {});
      },
    },
    async effective(task) {
      // Anew, whether or not a prediction has brought it up to date, so that the operations of a run do not depend on that either.
      await refresh(task, (flops) => trainer.addFlops(flops));
      return parameters(task);
    },
    bytes: () => {
      const names = held().regions.flatMap((regions) => [...new Set(regions.map(({ layer }) => `${layer}/weight`))]);
      return names.reduce((sum, name) => sum + trainer.model.parameters()[name].byteLength, 0);
    },
    outdate(all) {
      if (all) added = [];
      else added[Math.max(0, held().regions.length - 1)] = null;
    },
  };
}

import type { WeightLayer } from '../../../engine/index.ts';
import type { LearnerTask, Setup, State } from '../../contract.ts';
import { emptyBasis, type Basis } from './basis.ts';
import type { Bases } from './guard.ts';
import { inputSizeOf } from './representations.ts';

/** Bases without directions. */
export function emptyBases(layers: readonly WeightLayer[]): Record<string, Basis> {
  return Object.fromEntries(layers.map((layer) => [layer.name, emptyBasis(inputSizeOf(layer))]));
}

/** Tells of the layers that a task leaves without a direction to change in. */
export function warnOfFull(method: string, { warn }: Setup, before: Bases, after: Bases, task: LearnerTask): void {
  for (const [layer, { rank, size }] of Object.entries(after))
    if (rank === size && before[layer].rank < size)
      warn(
        `method ${method}: after task ${task.index + 1} the basis of layer ${layer} holds all ${size} directions: its weights stay as they are from now on`,
      );
}

/** Share of the directions of all layers that bases hold, in [0, 1]. */
export function occupied(bases: Bases): number {
  const all = Object.values(bases);
  return (
    all.reduce((sum, { rank }) => sum + rank, 0) /
    Math.max(
      1,
      all.reduce((sum, { size }) => sum + size, 0),
    )
  );
}

export const stateOfBases = (bases: Bases): State => ({ ...bases }) as unknown as State;

export const basesOf = (state: State): Record<string, Basis> => ({ ...state }) as unknown as Record<string, Basis>;

import type { Connections } from './connections.ts';

/**
 * Which units are stable (1): of the inputs, and then of what each layer puts out. All inputs are; of the outputs those of the tasks so far.
 */
export type Units = readonly Float32Array[];

/** Of an untrained network: inputs are stable, all else is plastic. */
export function plasticUnits(layers: readonly Connections[]): Units {
  return [new Float32Array(layers[0].sources).fill(1), ...layers.map(({ targets }) => new Float32Array(targets))];
}

/** p_t = ½(1 + cos(π t / k)): the share of a layer's activity that its stable units must have after phase t, falling from 1 to 0 at t = k. */
export function activityShare(t: number, k: number): number {
  return t >= k ? 0 : (1 + Math.cos((Math.PI * t) / k)) / 2;
}

/**
 * The smallest set of most active units that together have a share of the layer's activity, most active first; ties go to the lower index.
 * @param activity of each unit, not negative
 * @param share in [0, 1]
 */
export function mostActive(activity: ArrayLike<number>, share: number): number[] {
  const order = Array.from({ length: activity.length }, (_, unit) => unit).toSorted(
    (a, b) => activity[b] - activity[a] || a - b,
  );
  const needed = share * order.reduce((sum, unit) => sum + activity[unit], 0);
  const chosen: number[] = [];
  let reached = 0;
  for (const unit of order) {
    if (reached >= needed) break;
    reached += activity[unit];
    chosen.push(unit);
  }
  return chosen;
}

/**
 * The units that were stable and those that this task makes so: of each hidden layer the most active, and the task's outputs.
 * @param activity of each hidden layer's units
 */
export function withMostActive(
  stable: Units,
  activity: readonly ArrayLike<number>[],
  share: number,
  outputs: readonly number[],
): Units {
  return stable.map((before, i) => {
    const added = i === 0 ? [] : i === stable.length - 1 ? outputs : mostActive(activity[i - 1], share);
    const units = before.slice();
    for (const unit of added) units[unit] = 1;
    return units;
  });
}

/** Share of the hidden units that are stable; 0 where there are none. */
export function stableShare(stable: Units): number {
  const hidden = stable.slice(1, -1);
  const total = hidden.reduce((sum, { length }) => sum + length, 0);
  const chosen = hidden.reduce((sum, units) => sum + units.reduce((n, unit) => n + unit, 0), 0);
  return total === 0 ? 0 : chosen / total;
}

/** Overwrites which units are stable, in place. */
export function assignUnits(target: Units, source: Units): void {
  target.forEach((units, i) => units.set(source[i]));
}

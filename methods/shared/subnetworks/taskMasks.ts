import { sizeOf, type Arrays, type Network } from '../../../engine/index.ts';
import type { MaskCost, State } from '../../contract.ts';
import { activeIn } from '../masks/layerMasks.ts';
import { countActive } from '../masks/topology.ts';

/** The subnetworks of the tasks so far: for each task which weights it uses, one bit a weight, and what else it keeps for itself. */
export interface TaskMasks {
  /** Number of tasks kept. */
  readonly count: number;
  /**
   * Keeps the subnetwork of the next task.
   * @param masks by weight name
   * @param own what belongs to this task alone, such as biases and running statistics; copied
   */
  add(masks: Arrays, own?: Arrays): void;
  /** The masks of a task, in new arrays. */
  masksOf(task: number): Arrays;
  /** 1 where any task so far uses a weight, by weight name: kept up to date, not to be written to. */
  readonly union: Arrays;
  /**
   * What a task predicts with: shared arrays, zero where its masks are, and its own in their place. The arrays belong to the store and are written anew
   * by the next call for the same task.
   * @throws {RangeError} for a task that is not kept
   */
  parametersOf(task: number, shared: Arrays): Arrays;
  /** Bytes of the masks and of what tasks keep for themselves. */
  readonly bytes: number;
  /**
   * @param current the subnetwork in training, where it is not yet kept
   * @param peakActive the peak so far
   */
  cost(current: Arrays | null, peakActive: number): MaskCost;
  state(): State;
  restore(state: State): void;
}

interface Kept {
  readonly bits: Readonly<Record<string, Uint8Array>>;
  readonly own: Arrays;
}

/**
 * @param names of the weights that masks cover
 * @param options `settled`: weights of a task that is kept never change again, so that they need to be gathered once only
 */
export function createTaskMasks(
  { parameters }: Network,
  names: readonly string[],
  { settled = false }: { readonly settled?: boolean } = {},
): TaskMasks {
  const sizes = Object.fromEntries(names.map((name) => [name, sizeOf(parameters[name].shape)]));
  const total = sum(Object.values(sizes), (size) => size);
  const tasks: Kept[] = [];
  const union: Arrays = Object.fromEntries(names.map((name) => [name, new Float32Array(sizes[name])]));
  const views: Arrays[] = [];

  const join = (masks: Readonly<Record<string, ArrayLike<number>>>): void => {
    for (const name of names) for (let i = 0; i < sizes[name]; i++) if (masks[name][i] !== 0) union[name][i] = 1;
  };
  const kept = (task: number): Kept => {
    if (!tasks[task]) throw new RangeError(`task ${task} has no subnetwork: ${tasks.length} are kept`);
    return tasks[task];
  };
  const masksOf = (task: number): Arrays => {
    const { bits } = kept(task);
    return Object.fromEntries(names.map((name) => [name, unpack(bits[name], sizes[name])]));
  };
  const densities = (task: number): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, countBits(tasks[task].bits[name]) / sizes[name]]));

  return {
    get count() {
      return tasks.length;
    },
    add(masks, own = {}) {
      tasks.push({
        bits: Object.fromEntries(names.map((name) => [name, pack(masks[name])])),
        own: Object.fromEntries(Object.entries(own).map(([name, array]) => [name, array.slice()])),
      });
      join(masks);
    },
    masksOf,
    union,
    parametersOf(task, shared) {
      const { bits, own } = kept(task);
      const gathered = settled && task in views;
      const view = (views[task] ??= Object.fromEntries(
        Object.entries(shared).map(([name, array]) => [name, own[name] ?? (name in bits ? array.slice() : array)]),
      ));
      for (const [name, array] of Object.entries(shared)) {
        if (name in own) continue;
        if (!(name in bits)) {
          view[name] = array;
          continue;
        }
        if (gathered) continue;
        const mine = bits[name];
        const target = view[name];
        for (let i = 0; i < target.length; i++) target[i] = (mine[i >> 3] >> (i & 7)) & 1 ? array[i] : 0;
      }
      return view;
    },
    get bytes() {
      return sum(tasks, ({ bits, own }) =>
        sum([...Object.values(bits), ...Object.values(own)], (array) => array.byteLength),
      );
    },
    cost(current, peakActive) {
      const now = current
        ? activeIn(current)
        : tasks.length > 0
          ? sum(Object.values(tasks.at(-1)!.bits), countBits)
          : 0;
      const used = names.map((name) => {
        const mask = current?.[name];
        let places = 0;
        for (let i = 0; i < sizes[name]; i++) if (union[name][i] === 1 || (mask && mask[i] === 1)) places++;
        return places;
      });
      const all = [...tasks.keys()].map(densities);
      if (current)
        all.push(
          Object.fromEntries(names.map((name) => [name, countActive(current[name] as Float32Array) / sizes[name]])),
        );
      return {
        active: now,
        peakActive: Math.max(peakActive, now),
        union: used.reduce((n, more) => n + more, 0),
        total,
        bits: (tasks.length + (current ? 1 : 0)) * total,
        inference: Object.fromEntries(
          names.map((name) => [name, all.length === 0 ? 1 : sum(all, (each) => each[name]) / all.length]),
        ),
      };
    },
    state: () => ({ tasks: tasks.map(({ bits, own }) => ({ bits, own })) }),
    restore(state) {
      tasks.length = 0;
      views.length = 0;
      for (const array of Object.values(union)) array.fill(0);
      for (const task of state.tasks as unknown as readonly Kept[]) {
        tasks.push({ bits: { ...task.bits }, own: { ...task.own } });
        join(masksOf(tasks.length - 1));
      }
    },
  };
}

/** Eight places a byte, the first one in the lowest bit. */
function pack(mask: ArrayLike<number>): Uint8Array {
  const bits = new Uint8Array(Math.ceil(mask.length / 8));
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) bits[i >> 3] |= 1 << (i & 7);
  return bits;
}

function unpack(bits: Uint8Array, size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (bits[i >> 3] >> (i & 7)) & 1);
}

function countBits(bits: Uint8Array): number {
  let count = 0;
  for (let byte of bits) for (; byte > 0; byte &= byte - 1) count++;
  return count;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

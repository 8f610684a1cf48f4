import type { Rng } from '../../../base/index.ts';
import type { Batch, State } from '../../contract.ts';
import type { Extras, ExtraSizes, Store } from './store.ts';

/** How rows are drawn: each one alike, or each class alike and then the rows within it. */
export const drawWays = ['uniform', 'class'] as const;
export type DrawWay = (typeof drawWays)[number];

/** Which rows are drawn, and how. */
export interface DrawOptions {
  /** `uniform` unless given. */
  readonly by?: DrawWay;
  /** Only rows of tasks before this one; of all tasks unless given. */
  readonly before?: number;
}

/** A memory of rows. Which of those that it is offered it keeps is what tells one kind from another. */
export interface Buffer<E extends ExtraSizes = {}> {
  readonly store: Store<E>;
  /** Filled slots. */
  readonly size: number;
  /**
   * Offers the samples of a stream batch, each once, with its vectors among `extras` (`[capacity of the batch, size]`).
   * @returns how many of them it took
   */
  add(batch: Batch, extras?: Extras<E>): number;
  /** Up to `count` distinct filled slots. */
  draw(count: number, options?: DrawOptions): Int32Array;
  state(): State;
  restore(state: State): void;
}

/**
 * Up to `count` distinct slots out of those that are filled. By class they are drawn one after another: each time a class, uniformly
 * over those of which rows are left, and then one of its rows that are left, uniformly.
 * @param filled the filled slots, or their number where they are the first ones
 */
export function drawSlots(
  { y, task }: Pick<Store, 'y' | 'task'>,
  filled: number | readonly number[],
  count: number,
  rng: Rng,
  { by = 'uniform', before = Infinity }: DrawOptions = {},
): Int32Array {
  if (typeof filled === 'number' && by === 'uniform' && before === Infinity)
    return rng.sample(filled, Math.min(count, filled));
  const all = typeof filled === 'number' ? Array.from({ length: filled }, (_, slot) => slot) : filled;
  const slots = all.filter((slot) => task[slot] < before);
  const most = Math.min(count, slots.length);
  if (by === 'uniform') return rng.sample(slots.length, most).map((i) => slots[i]);
  const classes = [...new Set(slots.map((slot) => y[slot]))].toSorted((a, b) => a - b);
  const left = classes.map((label) => slots.filter((slot) => y[slot] === label));
  return Int32Array.from({ length: most }, () => {
    const chosen = rng.integer(left.length);
    const members = left[chosen];
    const place = rng.integer(members.length);
    const slot = members[place];
    members[place] = members[members.length - 1];
    members.pop();
    if (members.length === 0) left.splice(chosen, 1);
    return slot;
  });
}

import type { Rng } from '../../../base/index.ts';
import type { Batch, LearnerTask, State } from '../../contract.ts';
import type { UnitFeaturePass } from '../unitFeatures.ts';
import { distinctRows } from './drawViews.ts';
import { herd } from './herding.ts';
import { putRow } from './putRow.ts';
import { createStore, type Store } from './store.ts';

/**
 * The exemplar sets of iCaRL: `memory` rows divided equally among the classes seen, each set in order of importance, so that it is made smaller
 * by cutting off its end. They change when a task ends. Besides, the first rows of each class of the task at hand, up to as many as its
 * exemplars will be: until then they stand in for them where class means are wanted.
 */
export interface Exemplars {
  /** 2 · `memory` slots. */
  readonly store: Store;
  /** Slots of the exemplars of a class, the most important first. */
  of(output: number): readonly number[];
  /** Slots of all exemplars and, during a task, of what stands in for those to come. */
  representatives(): number[];
  /** Up to `count` distinct exemplars, drawn uniformly. */
  draw(count: number): Int32Array;
  beginTask(task: LearnerTask): void;
  /** Takes rows of the task at hand to stand in for its exemplars, while there is room. */
  standIn(batch: Batch): void;
  /**
   * Cuts every set down to ⌊memory / classes seen⌋ and herds new ones of the task's classes from its training rows and from the exemplars
   * that a class already had.
   * @param pass features of the current network
   * @returns operations of the features; null if they are not counted
   */
  endTask(task: LearnerTask, pass: UnitFeaturePass): Promise<number | null>;
  state(): State;
  restore(state: State): void;
}

/** @param outputCount width of the output layer, at most `memory` */
export function createExemplars(memory: number, outputCount: number, inputSize: number, rng: Rng): Exemplars {
  const store = createStore(2 * memory, inputSize);
  const empty = (): number[][] => Array.from({ length: outputCount }, () => []);
  let sets = empty();
  let standIns = empty();
  /** Classes of all tasks so far, the one at hand included. */
  let seen: number[] = [];
  const perClass = (): number => Math.floor(memory / seen.length);
  const readSlots = (slots: ArrayLike<number>, out: Float32Array): void => {
    for (let i = 0; i < slots.length; i++)
      out.set(store.x.subarray(slots[i] * inputSize, (slots[i] + 1) * inputSize), i * inputSize);
  };

  /** Replaces the set of a class by the first of what is herded from it and rows of the task. */
  async function herdAnew(output: number, task: LearnerTask, pass: UnitFeaturePass): Promise<number | null> {
    const { train, index } = task;
    const old = sets[output];
    const known = new Set(old.map((slot) => store.id[slot]));
    const rows = Array.from(train.labels.keys()).filter(
      (row) => train.labels[row] === output && !known.has(train.ids[row]),
    );
    const before = await pass(old, readSlots);
    const now = await pass(rows, (part, out) => train.read(part, out));
    const candidates = new Float32Array(before.features.length + now.features.length);
    candidates.set(before.features);
    candidates.set(now.features, before.features.length);
    const size = candidates.length / Math.max(1, old.length + rows.length);
    const picked = herd(candidates, Math.max(1, size), perClass());

    const kept = new Set(Array.from(picked).filter((i) => i < old.length).map((i) => old[i])); // prettier-ignore
    sets[output] = [...kept];
    const taken = new Set(sets.flat());
    const x = new Float32Array(inputSize);
    let free = 0;
    sets[output] = Array.from(picked, (i) => {
      if (i < old.length) return old[i];
      const row = rows[i - old.length];
      while (taken.has(free)) free++;
      train.read([row], x);
      store.put(free, x, { y: output, task: index, id: train.ids[row] });
      return free++;
    });
    return before.flops === null || now.flops === null ? null : before.flops + now.flops;
  }

  return {
    store,
    of: (output) => sets[output],
    representatives: () => [...sets.flat(), ...standIns.flat()],
    draw(count) {
      const slots = sets.flat();
      return rng.sample(slots.length, Math.min(count, slots.length)).map((i) => slots[i]);
    },
    beginTask({ outputs }) {
      seen = [...new Set([...seen, ...outputs])];
    },
    standIn(batch) {
      const room = perClass();
      for (const row of distinctRows(batch)) {
        const mine = standIns[batch.y[row]];
        if (mine.length === room) continue;
        const slot = memory + standIns.reduce((sum, slots) => sum + slots.length, 0);
        putRow(store, slot, batch, row);
        mine.push(slot);
      }
    },
    async endTask(task, pass) {
      standIns = empty();
      sets = sets.map((slots) => slots.slice(0, perClass()));
      let flops: number | null = 0;
      for (const output of task.outputs) {
        const more = await herdAnew(output, task, pass);
        flops = flops === null || more === null ? null : flops + more;
      }
      return flops;
    },
    state: () => ({
      store: store.state(),
      sets: sets.map((slots) => Int32Array.from(slots)),
      standIns: standIns.map((slots) => Int32Array.from(slots)),
      seen: Int32Array.from(seen),
    }),
    restore(state) {
      store.restore(state.store as State);
      sets = (state.sets as Int32Array[]).map((slots) => [...slots]);
      standIns = (state.standIns as Int32Array[]).map((slots) => [...slots]);
      seen = [...(state.seen as Int32Array)];
    },
  };
}

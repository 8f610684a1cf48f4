import type { Rng } from '../../../base/index.ts';
import type { Batch, State } from '../../contract.ts';
import { distinctRows } from './drawViews.ts';
import { putRow } from './putRow.ts';
import { createStore, type Store } from './store.ts';

/** How alike the gradients of a stream batch are to those of the buffer: largest cosines with gradients of random batches from it. */
export interface Similarity {
  /** Of the mean gradient of the batch, in [−1, 1]. */
  readonly batch: number;
  /** Of each row's gradient. */
  readonly rows: ArrayLike<number>;
}

export interface GreedyBuffer {
  readonly store: Store<{ score: number }>;
  /** Filled slots. */
  readonly size: number;
  /**
   * Offers the samples of a stream batch, each once.
   * @param similarity null for the first batch, when there is nothing to compare with
   * @returns number of samples that were stored
   */
  add(batch: Batch, similarity: Similarity | null): number;
  /** Up to `count` distinct filled slots, drawn uniformly. */
  draw(count: number): Int32Array;
  state(): State;
  restore(state: State): void;
}

/** Score of the rows of the first batch. */
const initialScore = 0.1;

/**
 * The buffer of GSS-Greedy (arXiv:1903.08671): slots keep the score of their row, its similarity when it was stored. Rows are taken as they come
 * until it is full. From then on only batches of a similarity below `threshold` are considered: each of their rows i, of score cᵢ, is
 * matched with a slot drawn without repeats in proportion to (s − min s)/(max s − min s + 0.01), and takes its place with probability
 * (s + 1)/((s + 1) + (cᵢ + 1)): rows that were like others when they came make room for those that are not.
 */
export function createGreedyBuffer(capacity: number, inputSize: number, threshold: number, rng: Rng): GreedyBuffer {
  const store = createStore(capacity, inputSize, { score: 1 });
  const scores = store.extras.score;
  let size = 0;

  const put = (slot: number, batch: Batch, row: number, score: number): void => {
    putRow(store, slot, batch, row);
    scores[slot] = score;
  };
  const replace = (batch: Batch, { rows }: Similarity): number => {
    const offered = distinctRows(batch);
    const candidates = drawWeighted(preferences(scores), offered.length, rng);
    let stored = 0;
    for (const [i, slot] of candidates.entries()) {
      const row = offered[i];
      const [old, fresh] = [scores[slot] + 1, rows[row] + 1];
      if (rng.uniform() * (old + fresh) >= old) continue;
      put(slot, batch, row, rows[row]);
      stored++;
    }
    return stored;
  };

  return {
    store,
    get size() {
      return size;
    },
    add(batch, similarity) {
      if (size === capacity)
        return similarity !== null && similarity.batch < threshold ? replace(batch, similarity) : 0;
      const taken = distinctRows(batch).slice(0, capacity - size);
      for (const row of taken) put(size++, batch, row, similarity?.rows[row] ?? initialScore);
      return taken.length;
    },
    draw: (count) => rng.sample(size, Math.min(count, size)),
    state: () => ({ store: store.state(), size }),
    restore(state) {
      store.restore(state.store as State);
      size = state.size as number;
    },
  };
}

function preferences(scores: Float32Array): number[] {
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  return Array.from(scores, (score) => (score - least) / (most - least + 0.01));
}

/** Up to `count` distinct places, each draw in proportion to the weights that are left; those of weight 0 are never drawn. */
export function drawWeighted(weights: readonly number[], count: number, rng: Rng): number[] {
  const left = new Map([...weights.entries()].filter(([, weight]) => weight > 0));
  const drawn: number[] = [];
  while (drawn.length < count && left.size > 0) {
    let rest = rng.uniform() * [...left.values()].reduce((sum, weight) => sum + weight, 0);
    let place = -1;
    for (const [next, weight] of left) {
      place = next;
      rest -= weight;
      if (rest < 0) break;
    }
    left.delete(place);
    drawn.push(place);
  }
  return drawn;
}

import type { Batch } from '../../contract.ts';
import type { Extras, ExtraSizes, Store } from './store.ts';

/** Puts row `row` of a batch into a slot, with its vectors among `extras` (`[capacity of the batch, size]`). */
export function putRow<E extends ExtraSizes>(
  store: Store<E>,
  slot: number,
  batch: Batch,
  row: number,
  extras?: Partial<Extras<E>>,
): void {
  const part = (array: Float32Array): Float32Array => {
    const size = array.length / batch.y.length;
    return array.subarray(row * size, (row + 1) * size);
  };
  const vectors = extras && Object.fromEntries(Object.entries(extras).map(([name, array]) => [name, part(array!)]));
  const facts = { y: batch.y[row], task: batch.task, id: batch.ids[row] };
  store.put(slot, part(batch.x), facts, vectors as Partial<Extras<E>>);
}

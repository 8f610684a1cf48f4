import type { Interned } from './samples.ts';

type Numbers = Float64Array | Int32Array | Int8Array | Uint8Array;

/** A column that grows as it is written. */
export interface Column<T extends Numbers> {
  push(value: number): void;
  readonly length: number;
  /** What was written so far, in another order. */
  inOrder(order: Int32Array): T;
  /** What was written so far; no copy, so not to be kept while the column grows. */
  values(): T;
}

const firstLength = 1024;

export function createColumn<T extends Numbers>(make: { new (length: number): T }): Column<T> {
  let array = new make(firstLength);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === array.length) {
        const larger = new make(2 * length);
        larger.set(array);
        array = larger;
      }
      array[length++] = value;
    },
    inOrder(order) {
      const made = new make(order.length);
      for (let i = 0; i < order.length; i++) made[i] = array[order[i]];
      return made;
    },
    values: () => array.subarray(0, length) as T,
  };
}

/** A column of texts. */
export interface TextColumn {
  push(text: string | null | undefined): void;
  readonly known: number;
  readonly ids: Column<Int32Array>;
  readonly names: readonly string[];
  /** Null where no row has a text. */
  inOrder(order: Int32Array): Interned | null;
}

export function createTextColumn(): TextColumn {
  const ids = createColumn(Int32Array);
  const known = new Map<string, number>();
  const names: string[] = [];
  let count = 0;
  return {
    ids,
    names,
    get known() {
      return count;
    },
    push(text) {
      if (text === null || text === undefined) {
        ids.push(-1);
        return;
      }
      count++;
      let id = known.get(text);
      if (id === undefined) {
        id = names.push(text) - 1;
        known.set(text, id);
      }
      ids.push(id);
    },
    inOrder: (order) => (count === 0 ? null : { ids: ids.inOrder(order), names }),
  };
}

/** The order of rows by several keys, the most important first; rows that are alike in all stay in order. Each key is a whole number from −1 on. */
export function orderBy(keys: readonly Int32Array[], length: number): Int32Array {
  let order = Int32Array.from({ length }, (_, i) => i);
  for (const key of keys.toReversed()) order = sortedBy(key, order);
  return order;
}

/** A counting sort, which keeps the order of equals. */
function sortedBy(key: Int32Array, order: Int32Array): Int32Array<ArrayBuffer> {
  let largest = -1;
  for (const value of key) if (value > largest) largest = value;
  const starts = new Int32Array(largest + 3);
  for (const value of key) starts[value + 2]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const sorted = new Int32Array(order.length);
  for (const row of order) sorted[starts[key[row] + 1]++] = row;
  return sorted;
}

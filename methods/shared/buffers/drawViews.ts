import type { Batch, Views } from '../../contract.ts';

/**
 * Draws `count` rows as the training shows them: with V views ⌊count/V⌋ slots (at least one), each V times in a row.
 * @param draw up to that many distinct slots, such as a buffer's
 */
export function drawViews(views: Views | undefined, count: number, draw: (slots: number) => Int32Array): Int32Array {
  if (!views) return draw(count);
  const each = Math.min(views.count, count);
  const slots = draw(Math.max(Math.floor(count / views.count), Math.min(count, 1)));
  return Int32Array.from({ length: slots.length * each }, (_, row) => slots[Math.floor(row / each)]);
}

/** The rows of a batch without further views of the same sample: all of them, unless the batch says that it has views. */
export function distinctRows({ ids, size, views = 1 }: Pick<Batch, 'ids' | 'size' | 'views'>): number[] {
  const rows = Array.from({ length: size }, (_, row) => row);
  return views === 1 ? rows : rows.filter((row) => row === 0 || ids[row] !== ids[row - 1]);
}

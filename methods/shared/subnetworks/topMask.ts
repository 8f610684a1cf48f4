/**
 * Writes the mask of the `count` places where |score| is largest, among those that are open: exactly as many ones; of equal scores those that come
 * first. By counting: sizes of 32-bit floats order like the numbers that their bits make, so two passes over the upper and the lower half of
 * these find the smallest size that is in.
 * @param mask is overwritten
 * @param isOpen which places take part; all unless given
 * @throws {RangeError} if fewer places are open
 */
export function topMask(
  scores: Float32Array,
  count: number,
  mask: Float32Array,
  isOpen: (place: number) => boolean = () => true,
): void {
  mask.fill(0);
  if (count === 0) return;
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  const upper = new Uint32Array(1 << 15);
  for (let i = 0; i < bits.length; i++) if (isOpen(i)) upper[(bits[i] & sizeBits) >>> 16]++;
  const high = lowestOf(upper, count);
  const lower = new Uint32Array(1 << 16);
  for (let i = 0; i < bits.length; i++)
    if (isOpen(i) && (bits[i] & sizeBits) >>> 16 === high.bin) lower[bits[i] & 0xffff]++;
  const low = lowestOf(lower, high.wanted);
  const smallest = high.bin * 0x10000 + low.bin;
  let equal = low.wanted;
  for (let i = 0; i < bits.length; i++) {
    if (!isOpen(i)) continue;
    const size = bits[i] & sizeBits;
    if (size > smallest || (size === smallest && equal-- > 0)) mask[i] = 1;
  }
}

/** All but the sign. */
const sizeBits = 0x7fffffff;

/** The bin, counted from the highest, in which the `count`-th entry lies, and how many of that bin are among the first `count`. */
function lowestOf(bins: Uint32Array, count: number): { readonly bin: number; readonly wanted: number } {
  let wanted = count;
  for (let bin = bins.length - 1; bin >= 0; bin--) {
    if (bins[bin] >= wanted) return { bin, wanted };
    wanted -= bins[bin];
  }
  throw new RangeError(`${count} places wanted, of ${count - wanted}`);
}

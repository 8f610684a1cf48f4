/**
 * Of the places where a mask is 1, the `count` ones of lowest score, in ascending order; ties go to the lower index. It sorts plain numbers and no
 * places, so that it can be asked for every few updates.
 * @param scores `[places]`; those of inactive places do not matter
 */
export function lowestActive(mask: Float32Array, scores: Float32Array, count: number): Int32Array {
  if (count <= 0) return new Int32Array();
  let active = 0;
  const found = new Float32Array(mask.length);
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) found[active++] = scores[i];
  if (count > active) throw new RangeError(`${count} places asked for, and ${active} are active`);
  const sorted = found.subarray(0, active).toSorted();
  const bound = sorted[count - 1];
  let below = 0;
  while (sorted[below] < bound) below++;
  // How many of those that score exactly the bound still fit.
  let room = count - below;
  const lowest = new Int32Array(count);
  let taken = 0;
  for (let i = 0; i < mask.length && taken < count; i++)
    if (mask[i] === 1 && (scores[i] < bound || (scores[i] === bound && room-- > 0))) lowest[taken++] = i;
  return lowest;
}

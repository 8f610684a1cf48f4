/** How a refined schedule is made of the norms of gradients. */
export interface Refinement {
  /** Power p of the weights: 2 for Euclidean norms under sgd, 1 for absolute norms under Adam and its kin. */
  readonly exponent: number;
  /** Share of the sequence that the median filter spans, 0 to 1. */
  readonly tau: number;
}

/**
 * The refined learning-rate schedule of gradient norms G_1 … G_T, T ≥ 2: with Ĝ the norms after a median filter of width 2⌊τT/2⌋ + 1,
 *
 *     w_t = Ĝ_t^(−p),     η_t = w_t Σ_{s>t} w_s / Σ_s w_s     divided by the largest of them
 *
 * Equal norms give a linear decay; the last factor is 0.
 *
 * Unit: factors of the learning rate, in [0, 1], the largest 1; NaN where a filtered norm is no positive number.
 *
 * Source: Defazio et al. 2023 (arXiv:2310.07831), algorithm 1.
 *
 * @param norms one an update
 * @returns one factor an update
 * @example refinedSchedule([1, 1, 1, 1, 1], { exponent: 2, tau: 0.1 }) // [1, 0.75, 0.5, 0.25, 0]
 */
export function refinedSchedule(norms: ArrayLike<number>, { exponent, tau }: Refinement): Float64Array {
  const filtered = medianFilter(norms, 2 * Math.floor((tau * norms.length) / 2) + 1);
  const positive = filtered.every((norm) => norm > 0 && Number.isFinite(norm));
  if (!positive) return filtered.map(() => NaN);
  // Relative to the smallest norm, so that no weight overflows, whatever the scale of the gradients.
  const smallest = filtered.reduce((least, norm) => Math.min(least, norm));
  const weights = filtered.map((norm) => (smallest / norm) ** exponent);
  let later = 0;
  const rates = new Float64Array(weights.length);
  for (let t = weights.length - 1; t >= 0; t--) {
    rates[t] = weights[t] * later;
    later += weights[t];
  }
  const largest = rates.reduce((most, rate) => Math.max(most, rate));
  return rates.map((rate) => rate / largest);
}

/**
 * The running median over `width` (odd) values around each one. Before the start the first value stands, past the end the sequence is reflected
 * about its last value.
 *
 * Unit: that of the values.
 *
 * Source: the padding is that of the released code of Defazio et al. 2023 (arXiv:2310.07831).
 *
 * @example medianFilter([1, 9, 2, 3], 3) // [1, 2, 3, 2]
 */
export function medianFilter(values: ArrayLike<number>, width: number): Float64Array {
  const last = values.length - 1;
  const half = (width - 1) / 2;
  const at = (i: number): number => values[Math.max(0, i <= last ? i : 2 * last - i)];
  // The window's values, sorted: each move takes one out and puts one in.
  const window = Float64Array.from({ length: width }, (_, i) => at(i - half)).toSorted();
  const medians = new Float64Array(values.length);
  for (let i = 0; i <= last; i++) {
    medians[i] = window[half];
    if (i < last) exchange(window, at(i - half), at(i + half + 1));
  }
  return medians;
}

/** Puts one value in the place of another in a sorted sequence. */
function exchange(sorted: Float64Array, out: number, into: number): void {
  const from = firstNotBelow(sorted, out);
  const to = firstNotBelow(sorted, into);
  if (to > from) {
    sorted.copyWithin(from, from + 1, to);
    sorted[to - 1] = into;
  } else {
    sorted.copyWithin(to + 1, to, from);
    sorted[to] = into;
  }
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

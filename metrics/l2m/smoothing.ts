/** Shapes of a smoothing window. */
export type WindowShape = 'flat' | 'hanning' | 'hamming' | 'bartlett' | 'blackman';

/**
 * A moving average of as many values as went in, over a window of w values around each.
 *
 *     y_i = Σ_k w_k s_{i+k} / Σ_k w_k
 *
 * The window spans i − w/2 … i + w/2 − 1 where w is even, i − (w + 1)/2 … i + (w − 3)/2 where it is odd; s is x with its first and last w − 1
 * values mirrored before and after it, the value at the edge not repeated. Where the length of the window is left open, or is more than x has
 * values, it is a fifth of them, 100 at most; windows below 3 smooth nothing.
 *
 * Questionable: no window is centred, so that curves come late by half an experience (even w) or a whole one (odd w), and a window of 3
 * looks back only; and a length that is too much for one short regime is not refused there but replaced.
 *
 * Unit: that of x.
 *
 * Source: l2metrics, commit 5df07316, `_localutil.py`, after the SciPy cookbook's SignalSmooth.
 *
 * @param shape of the weights w_k
 * @param length values in the window; null leaves it open
 * @example smooth(Float64Array.of(0, 3, 6, 9, 12), 'flat', 3) // [3, 2, 3, 6, 9]
 */
export function smooth(x: Float64Array, shape: WindowShape, length: number | null): Float64Array {
  const n = x.length;
  const w = length === null || n < length ? Math.min(Math.trunc(n * 0.2), 100) : length;
  if (w < 3) return x;
  const weights = normalized(windowOf(shape, w));
  const mirrored = (i: number): number => (i < 0 ? x[-i] : i >= n ? x[2 * (n - 1) - i] : x[i]);
  const first = Math.floor(w / 2 - 1) - (w - 1);
  return x.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * mirrored(i + first + k), 0));
}

/** A window of w ≥ 2 weights by NumPy's function of the same name. */
function windowOf(shape: WindowShape, w: number): Float64Array {
  const place = Float64Array.from({ length: w }, (_, k) => (2 * k) / (w - 1) - 1);
  const cosine = (turns: number, at: number): number => Math.cos(turns * Math.PI * at);
  switch (shape) {
    case 'flat':
      return place.fill(1);
    case 'hanning':
      return place.map((at) => 0.5 + 0.5 * cosine(1, at));
    case 'hamming':
      return place.map((at) => 0.54 + 0.46 * cosine(1, at));
    case 'bartlett':
      return place.map((at) => 1 - Math.abs(at));
    case 'blackman':
      return place.map((at) => 0.42 + 0.5 * cosine(1, at) + 0.08 * cosine(2, at));
  }
}

function normalized(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

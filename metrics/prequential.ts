import type { PrequentialLog } from '../logs/index.ts';

/**
 * Prequential accuracy after each batch: how many of the samples so far were predicted right before they were learnt. With a
 * fading factor α the older ones count less: with L_i = 1 for a right answer, else 0, S_i = α·S_{i−1} + L_i, B_i = α·B_{i−1} + 1,
 * from S_0 = B_0 = 0, the accuracy after sample i is S_i / B_i. α = 1 is the plain mean; the weights of the past sum to
 * 1/(1 − α) samples, however long the stream.
 *
 * A log holds means of batches, whose samples came together: each counts as its batch's mean, so that a batch of n moves
 * S to αⁿ·S + a·(1 + α + … + αⁿ⁻¹), and B alike with a = 1. For batches of one sample this is the recurrence itself.
 *
 * Source: Gama, Sebastião, Rodrigues 2013, On evaluating stream learning algorithms, Machine Learning 90, for errors instead of
 * right answers (1 − accuracy).
 *
 * @param fading α, in (0, 1]
 * @returns `[rows of the log]`, in [0, 1]; higher is better
 * @throws {RangeError} for another fading factor
 * @example Batches of one, right, wrong, right, α = .5: 1/1, .5/1.5, 1.25/1.75
 */
export function prequentialCurve({ counts, accuracy }: PrequentialLog, fading = 1): Float64Array {
  if (!(fading > 0 && fading <= 1)) throw new RangeError(`fading factor ${fading} is outside (0, 1]`);
  let right = 0;
  let seen = 0;
  return accuracy.map((value, row) => {
    const kept = fading ** counts[row];
    const added = fading === 1 ? counts[row] : (1 - kept) / (1 - fading);
    right = kept * right + value * added;
    seen = kept * seen + added;
    // Rounding may leave a share of one a little above it.
    return Math.min(1, right / seen);
  });
}

/** {@link prequentialCurve} after the last batch; null if nothing was predicted. */
export function prequentialAccuracy(log: PrequentialLog, fading = 1): number | null {
  return prequentialCurve(log, fading).at(-1) ?? null;
}

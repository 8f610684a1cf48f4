import type { PrequentialLog } from '../logs/index.ts';

/**
 * Prequential accuracy after each batch: test, then train. Each sample of the stream is predicted just before it is learnt; with L_i = 1 where
 * sample i was predicted right, else 0, and a fading factor α,
 *
 *     S_i = α S_{i−1} + L_i,     B_i = α B_{i−1} + 1,     S_0 = B_0 = 0,     accuracy after sample i = S_i / B_i
 *
 * α = 1 is the share of all samples so far that were predicted right. Below 1 the older ones count less: the weights of the past sum to
 * 1/(1 − α) samples, however long the stream, so that it tells how well the model predicts by now.
 *
 * A log holds means of batches, whose samples are predicted together: each counts as its batch's mean, so that a batch of n moves S to αⁿ S
 * + a (1 + α + … + αⁿ⁻¹), and B alike with a = 1. With batches of one this is the recurrence itself. MOA's evaluator of this name starts
 * from B_0 = 1.
 *
 * It measures how fast a model follows its stream, and nothing of what it forgets: an old task is in it only where it comes again. The samples
 * are those of the training data. With several epochs all passes count, and from the second on the model has learnt the sample before: for
 * the usual meaning use one. What a method computes before it can be evaluated, such as class means, it computes before every update.
 *
 * Unit: a share, in [0, 1]; higher is better.
 *
 * Source: Gama, Sebastião, Rodrigues 2013, On evaluating stream learning algorithms, Machine Learning 90 (doi:10.1007/s10994-012-5320-9), for
 * errors: theirs is 1 minus this.
 *
 * @param fading α, in (0, 1]
 * @returns one value a row of the log
 * @throws {RangeError} for another fading factor
 * @example
 * const steps = Float64Array.of(0, 1, 2), counts = Float64Array.of(1, 1, 1), accuracy = Float64Array.of(1, 0, 1);
 * const log = { tasks: ['a'], trainingTask: Int32Array.of(0, 0, 0), steps, counts, accuracy, loss: Float64Array.of(0.1, 2, 0.2) };
 * prequentialCurve(log, 0.5) // [1 / 1, 0.5 / 1.5, 1.25 / 1.75]
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

/**
 * `prequentialCurve` after the last batch. A report's **PREQ** has α = 1, its **PREQ fading** α = 0.999 (`fadingFactor`): the past weighs
 * as much as 1000 samples. Null if nothing was predicted.
 *
 * Unit: a share, in [0, 1]; higher is better.
 *
 * Source: Gama, Sebastião, Rodrigues 2013 (doi:10.1007/s10994-012-5320-9).
 *
 * @param fading α, in (0, 1]
 * @throws {RangeError} for another fading factor
 * @example
 * const steps = Float64Array.of(0, 1), counts = Float64Array.of(2, 1), accuracy = Float64Array.of(0.5, 1);
 * const log = { tasks: ['a'], trainingTask: Int32Array.of(0, 0), steps, counts, accuracy, loss: Float64Array.of(0.7, 0.1) };
 * prequentialAccuracy(log) // (2 * 0.5 + 1 * 1) / 3 = 2 / 3
 */
export function prequentialAccuracy(log: PrequentialLog, fading = 1): number | null {
  return prequentialCurve(log, fading).at(-1) ?? null;
}

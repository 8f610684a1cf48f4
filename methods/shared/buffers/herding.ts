/**
 * Herding (Welling 2009; as iCaRL uses it, arXiv:1611.07725, algorithm 4): picks rows so that the mean of the first k of them stays as close as
 * possible to the mean μ of all, for every k:
 *
 * pₖ = argmin over rows not picked yet of ‖μ − (φ(x) + Σ_{j<k} φ(pⱼ)) / k‖.
 *
 * With the residual r = kμ − Σ_{j<k} φ(pⱼ) that is argmax r·φ(x) − ‖φ(x)‖²/2, one inner product a row. iCaRL's released code leaves the second
 * term out, which is the same for unit vectors; rows of other lengths it orders differently.
 *
 * @param features `[rows, size]`, unit vectors in iCaRL
 * @param size numbers in a feature vector
 * @param count how many rows are wanted
 * @returns distinct rows, at most `count`, the most important first: any beginning of the list is itself what herding would pick. The first of
 *   several equally good ones wins.
 */
export function herd(features: ArrayLike<number>, size: number, count: number): Int32Array {
  const rows = features.length / size;
  if (!Number.isInteger(rows)) throw new RangeError(`${features.length} numbers are no rows of ${size}`);
  const mean = new Float64Array(size);
  const halfSquares = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < size; i++) {
      const value = features[row * size + i];
      mean[i] += value / rows;
      halfSquares[row] += (value * value) / 2;
    }
  const picked = new Int32Array(Math.min(count, rows));
  const residual = mean.slice();
  const taken = new Uint8Array(rows);
  for (let k = 0; k < picked.length; k++) {
    let best = -1;
    let highest = -Infinity;
    for (let row = 0; row < rows; row++) {
      if (taken[row]) continue;
      let score = -halfSquares[row];
      for (let i = 0; i < size; i++) score += residual[i] * features[row * size + i];
      if (score > highest) [best, highest] = [row, score];
    }
    if (best < 0) throw new RangeError('features are not all numbers: nothing can be herded');
    picked[k] = best;
    taken[best] = 1;
    for (let i = 0; i < size; i++) residual[i] += mean[i] - features[best * size + i];
  }
  return picked;
}

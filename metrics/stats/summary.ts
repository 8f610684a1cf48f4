/** A sample in three numbers. */
export interface Summary {
  /** Null without values. */
  readonly mean: number | null;
  /** Sample standard deviation, √(Σ (x - mean)² / (n - 1)): the spread over seeds, not the error of the mean. Null for n < 2. */
  readonly std: number | null;
  /** How many values were not null. */
  readonly n: number;
}

/**
 * Mean and sample standard deviation of the values that are not null.
 *
 * @example meanAndStd([1, 2, 3, null]) // { mean: 2, std: 1, n: 3 }
 */
export function meanAndStd(values: readonly (number | null)[]): Summary {
  const defined = values.filter((value) => value !== null);
  const n = defined.length;
  if (n === 0) return { mean: null, std: null, n };
  const mean = defined.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, std: null, n };
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / (n - 1)), n };
}

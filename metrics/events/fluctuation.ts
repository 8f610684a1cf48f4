/** How much the values of a task move up and down while nothing happens to it. */
export interface Fluctuation {
  /** Standard deviation of a value, in the unit of the log; above 0. */
  readonly error: number;
  /** Degrees of freedom that it is known with. */
  readonly degrees: number;
}

/** Rows `start` … `end − 1`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Differences that a spread can be read from, and as many as are looked at. */
const [fewest, most] = [8, 4096];

/** The share of the squared differences that count, the smallest, and the mean of a normal variable's: (p − 2qφ(q))/p with q the (1 + p)/2 quantile. */
const [kept, keptMean] = [0.75, 0.3685];

/**
 * Degrees of freedom that n overlapping differences of independent values are worth: Var of the trimmed mean square, by simulation (tests). Training's fluctuation has heavier
 * tails than the normal distribution, downwards above all, so that it never counts as better known than `atMost` says.
 */
const [perDifference, atMost] = [0.3, 8];

/**
 * The fluctuation of values about local lines. For lags k = 1, 2, 4, … the second differences (v_{t+k} − 2v_t + v_{t−k})/√6 within stretches of training have the
 * values' deviation σ where values k evaluations apart are independent, and less where they are alike; a straight rise or fall cancels. The result is the
 * largest over the lags, each the root of the trimmed mean of squares, which a quarter of disturbed differences does not raise much: the model of one update is
 * much like that of the update before, so that neighbouring values tell least.
 *
 * Degrees of freedom by Satterthwaite, from the part of σ² that shows at lag 1 already and the part that shows at the lag taken, of whose differences about
 * n/k are independent. Where more than three quarters of the differences are 0, all of them count.
 *
 * Source: defined here; on differences as a measure of noise see Hall, Kay & Titterington 1990, Biometrika 77.
 *
 * @param longestLag of a stretch of so many evaluations; what moves more slowly is no fluctuation
 * @returns null where no lag is allowed, where there are fewer than 8 differences, and where no value differs
 */
export function fluctuationOf(
  values: Float64Array,
  stretches: readonly Stretch[],
  longestLag: (evaluations: number) => number,
): Fluctuation | null {
  const parts = stretches.map(({ start, end }) => values.slice(start, end).filter((value) => !Number.isNaN(value)));
  const longest = parts.reduce((lag, { length }) => Math.max(lag, longestLag(length)), 0);
  let first: Spread | null = null;
  let best: (Spread & { lag: number }) | null = null;
  for (let lag = 1; lag <= longest; lag *= 2) {
    const allowed = parts.filter(({ length }) => lag <= longestLag(length));
    const spread = spreadAt(allowed, lag);
    if (spread === null) break;
    first ??= spread;
    if (best === null || spread.square > best.square) best = { ...spread, lag };
  }
  if (first === null || best === null || best.square === 0) return null;
  const quick = Math.min(1, first.square / best.square);
  const degrees = perDifference / (quick ** 2 / first.count + ((1 - quick) ** 2 * best.lag) / best.count);
  return { error: Math.sqrt(best.square), degrees: Math.min(atMost, Math.max(1, degrees)) };
}

interface Spread {
  /** The estimate of σ². */
  readonly square: number;
  readonly count: number;
}

function spreadAt(parts: readonly Float64Array[], lag: number): Spread | null {
  const count = parts.reduce((sum, { length }) => sum + Math.max(0, length - 2 * lag), 0);
  if (count < fewest) return null;
  const stride = Math.ceil(count / most);
  const squares = new Float64Array(Math.ceil(count / stride));
  let [seen, used] = [0, 0];
  for (const part of parts)
    for (let i = 0; i + 2 * lag < part.length; i++)
      if (seen++ % stride === 0) squares[used++] = (part[i] - 2 * part[i + lag] + part[i + 2 * lag]) ** 2 / 6;
  const sorted = squares.toSorted();
  const trimmed = meanOf(sorted.subarray(0, Math.ceil(kept * used))) / keptMean;
  return { square: trimmed > 0 ? trimmed : meanOf(sorted), count };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

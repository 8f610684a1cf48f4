/** How much the values of a task move while nothing happens to it. */
export interface Fluctuation {
  /** Standard deviation of a value, in the unit of the log; above 0. */
  readonly error: number;
  /** Degrees of freedom that it is known with. */
  readonly degrees: number;
}

/** How far values lie from a straight line through them. */
export interface Residuals {
  readonly count: number;
  /** Σ e². */
  readonly squares: number;
  /** Σ e_t e_{t+1}. */
  readonly products: number;
}

/** A line through fewer values says nothing. */
const fewestValues = 4;

/**
 * However long the log. Training's fluctuation is not normal: it has heavier tails, downwards above all, for which Student's t with 8 degrees of freedom makes up in part.
 * docs/events.md has it measured.
 */
const mostDegrees = 8;

/** The residuals about the least-squares line; null for fewer than 4 values. */
export function residualsOf(values: Float64Array): Residuals | null {
  const count = values.length;
  if (count < fewestValues) return null;
  const middle = (count - 1) / 2;
  let mean = 0;
  for (const value of values) mean += value / count;
  let slope = 0;
  for (let i = 0; i < count; i++) slope += (i - middle) * (values[i] - mean);
  slope /= (count * (count ** 2 - 1)) / 12;
  let [squares, products, previous] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const residual = values[i] - mean - slope * (i - middle);
    squares += residual ** 2;
    products += residual * previous;
    previous = residual;
  }
  // What is left of values on a line is rounding.
  const negligible = count * (1e-12 * Math.abs(mean)) ** 2;
  return squares > negligible ? { count, squares, products } : { count, squares: 0, products: 0 };
}

/**
 * The fluctuation that lines leave. Values of successive models are alike, as in an autoregression e_{t+1} = ρe_t + noise, with ρ from the lag-1 autocorrelation and its bias
 * (1 + 3ρ)/n per line added. A line takes away as much as 2τ values with τ = (1 + ρ)/(1 − ρ), so that σ² = Σe²/Σ(n − 2τ), at least n/10 for n − 2τ, with
 * Σ(n − 2τ)·(1 − ρ²)/(1 + ρ²) degrees of freedom, from 1 to 8.
 *
 * Of three lines or more the medians of their ρ and of their σ², this one over the median of χ²/ν, so that a line across which something happened does not count; that is worth 2/π of
 * the degrees of freedom.
 *
 * Source: the moments of an autoregression, Bartlett 1946; bias of its ρ: Marriott & Pope 1954, Biometrika 41; median of χ²: Wilson & Hilferty 1931.
 *
 * @returns null where nothing is left
 */
export function fluctuationOf(lines: readonly Residuals[]): Fluctuation | null {
  const sum = (of: (line: Residuals) => number): number => lines.reduce((total, line) => total + of(line), 0);
  const [count, squares] = [sum((line) => line.count), sum((line) => line.squares)];
  if (squares === 0) return null;
  const moved = lines.filter((line) => line.squares > 0);
  const seen =
    lines.length > 2
      ? medianOf(moved.map((line) => line.products / line.squares))
      : sum((line) => line.products) / squares;
  const rho = Math.min(0.999, Math.max(0, seen + ((2 + 4 * seen) * lines.length) / count));
  const tau = (1 + rho) / (1 - rho);
  const freedom = (values: number): number => Math.max(values - 2 * tau, values / 10);
  const perValue = (1 - rho ** 2) / (1 + rho ** 2);
  const pooled = squares / sum((line) => freedom(line.count));
  const typical = medianOf(lines.map((line) => varianceOf(line, freedom(line.count), perValue)));
  const isRobust = lines.length > 2 && typical > 0;
  const degrees = sum((line) => freedom(line.count)) * perValue * (isRobust ? 2 / Math.PI : 1);
  return {
    error: Math.sqrt(isRobust ? typical : pooled),
    degrees: Math.min(mostDegrees, Math.max(1, degrees)),
  };
}

/** A line's σ² over the median of χ²/ν. */
function varianceOf({ squares }: Residuals, freedom: number, perValue: number): number {
  const degrees = Math.max(1, freedom * perValue);
  return squares / freedom / (1 - 2 / (9 * degrees)) ** 3;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half) - 1]) / 2;
}

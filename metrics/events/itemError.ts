/** What is known of one value. */
export interface Known {
  readonly value: number;
  /** Its standard error. */
  readonly error: number | null;
  /** Items that it is the share of right ones of. */
  readonly count: number | null;
}

/** What the items leave in doubt about the difference between two values. */
export interface ItemError {
  /** Standard error, in the unit of the log. */
  readonly error: number;
  /** The part of it that is the first's, σ₁/√(σ₁² + σ₂²). */
  readonly lambda: number;
}

/**
 * The error of the difference between two independent values: √(σ₁² + σ₂²) of known errors; of shares √(p(1 − p)(1/n₁ + 1/n₂)) with
 * p = (k₁ + k₂ + ½)/(n₁ + n₂ + 1) of the k right answers in both, as if nothing had changed; it is not 0 at 0 and 1. Where just one error is known, the other is
 * that of the share by itself.
 *
 * Source: the pooled test of two proportions, with Jeffreys's ½. Null where something is missing.
 */
export function itemErrorOf(first: Known, second: Known): ItemError | null {
  if (first.error === null && second.error === null) return pooled(first, second);
  const [own, other] = [first, second].map(
    ({ value, error, count }) => error ?? (count && binomialError(value, count)),
  );
  if (!own || !other) return null;
  const error = Math.hypot(own, other);
  return { error, lambda: own / error };
}

/** The median of the numbers of items for which the errors of shares would be binomial, value(1 − value)/error²; null where there are none. */
export function impliedCount(values: Float64Array, errors: Float64Array): number | null {
  const counts = values.map((value, row) => (value * (1 - value)) / errors[row] ** 2);
  const known = counts.filter((count) => count > 0 && Number.isFinite(count)).toSorted();
  return known.length === 0 ? null : known[known.length >> 1];
}

function pooled(first: Known, second: Known): ItemError | null {
  if (first.count === null || second.count === null) return null;
  const right = first.count * first.value + second.count * second.value;
  const p = (right + 0.5) / (first.count + second.count + 1);
  const inverse = 1 / first.count + 1 / second.count;
  return { error: Math.sqrt(p * (1 - p) * inverse), lambda: Math.sqrt(1 / first.count / inverse) };
}

function binomialError(value: number, count: number): number {
  const p = (count * value + 0.5) / (count + 1);
  return Math.sqrt((p * (1 - p)) / count);
}

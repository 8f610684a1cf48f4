/** The mean of all values; null if there are none, or if one of them is null: a mean over fewer tasks would be another quantity. */
export function meanOfAll(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : meanOfDefined(values);
}

/** The mean of the values that are not null; null if there are none. */
export function meanOfDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/** `a - b`, or null if one of them is unknown. */
export function difference(a: number | null | undefined, b: number | null | undefined): number | null {
  return a === null || a === undefined || b === null || b === undefined ? null : a - b;
}

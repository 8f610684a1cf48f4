/** A result, or why there is none. */
export type Section<T> =
  { readonly value: T; readonly reason: null } | { readonly value: null; readonly reason: string };

export function computed<T>(value: T): Section<T> {
  return { value, reason: null };
}

export function missing(reason: string): { readonly value: null; readonly reason: string } {
  return { value: null, reason };
}

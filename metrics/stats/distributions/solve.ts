/**
 * The x ≥ 0 at which a decreasing function with values from 1 down to 0, a tail, falls to `target`: by doubling, then halving the
 * interval until no double lies inside it. 0 if it starts below, ∞ for a target of 0.
 */
export function solveTail(tail: (x: number) => number, target: number): number {
  if (target <= 0) return Infinity;
  let high = 1;
  while (tail(high) > target) high *= 2;
  let low = 0;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (tail(middle) > target) low = middle;
    else high = middle;
  }
}

/** The quantile of a distribution symmetric about 0, from its upper tail. */
export function symmetricQuantile(tail: (x: number) => number, p: number): number {
  if (p === 0.5) return 0;
  return p < 0.5 ? -solveTail(tail, p) : solveTail(tail, 1 - p);
}

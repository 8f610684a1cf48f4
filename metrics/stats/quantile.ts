/** The q-quantile of values in ascending order, linear between them (type 7 of Hyndman & Fan 1996, numpy's default). */
export function quantileOf(sorted: ArrayLike<number>, q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const share = place - below;
  return share === 0 ? sorted[below] : sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

/**
 * Both tails of W₊, the sum of those ranks that get a plus, if every rank gets one with probability ½: P(W₊ ≤ w) and P(W₊ ≥ w). By
 * adding rank after rank to the distribution of the sum, in halves, since mean ranks are multiples of ½. O(ranks × their sum).
 */
export function signedRankTails(ranks: readonly number[], w: number): { lower: number; upper: number } {
  const weights = ranks.map((rank) => 2 * rank);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reached = 0;
  for (const weight of weights) {
    reached += weight;
    for (let sum = reached; sum >= 0; sum--)
      probability[sum] = (probability[sum] + (sum >= weight ? probability[sum - weight] : 0)) / 2;
  }
  // From the far end, so that the small terms are added first.
  let [lower, upper] = [0, 0];
  for (let sum = 0; sum <= 2 * w; sum++) lower += probability[sum];
  for (let sum = total; sum >= 2 * w; sum--) upper += probability[sum];
  return { lower, upper };
}

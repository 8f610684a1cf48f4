/**
 * Both tails of the sum of `count` ranks drawn without replacement: P(sum ≤ s) and P(sum ≥ s). Counts the choices rank after rank, by
 * how many were taken and by their doubled sum (mean ranks are multiples of ½). O(ranks × count × sum); for up to 1000 ranks.
 */
export function rankSumTails(ranks: readonly number[], count: number, s: number): { lower: number; upper: number } {
  const weights = ranks.map((rank) => 2 * rank).toSorted((a, b) => b - a);
  const most = weights.slice(0, count).reduce((sum, weight) => sum + weight, 0);
  const choices = Array.from({ length: count + 1 }, () => new Float64Array(most + 1));
  choices[0][0] = 1;
  weights.forEach((weight, seen) => {
    for (let taken = Math.min(count, seen + 1); taken > 0; taken--)
      for (let sum = most; sum >= weight; sum--) choices[taken][sum] += choices[taken - 1][sum - weight];
  });
  let [all, lower, upper] = [0, 0, 0];
  choices[count].forEach((ways, sum) => {
    all += ways;
    if (sum <= 2 * s) lower += ways;
    if (sum >= 2 * s) upper += ways;
  });
  return { lower: lower / all, upper: upper / all };
}

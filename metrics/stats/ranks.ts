/** Ranks and what the tie corrections need. */
export interface Ranks {
  /** 1 for the smallest; equal values share the mean of their ranks. Multiples of ½. */
  readonly ranks: readonly number[];
  /** Σ (t³ − t) over the groups of t equal values. */
  readonly ties: number;
}

/** Ranks from the smallest to the largest, equal values sharing the mean rank (scipy's rankdata). */
export function rankOf(values: readonly number[]): Ranks {
  const order = values.map((_, i) => i).toSorted((i, j) => values[i] - values[j]);
  const ranks = Array.from(values, () => 0);
  let ties = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let place = start; place < end; place++) ranks[order[place]] = (start + 1 + end) / 2;
    const count = end - start;
    ties += count ** 3 - count;
    start = end;
  }
  return { ranks, ties };
}

import type { PairedError } from './courses.ts';

/** Fewer common items tell too little for a normal approximation. */
const fewestItems = 10;

/**
 * The error of the difference between two evaluations of a task, from the scores of the items that both have, for `detectEvents`: with dᵢ their differences
 * and n items, √(Σ dᵢ²)/n, the standard error of their mean d̄ if it is 0. Items on which both agree add no error, so that it is smaller than that of two
 * independent evaluations. Of right and wrong answers, b and c of them right in one evaluation only, it is √(b + c)/n, and z² = (b − c)²/(b + c): McNemar's
 * χ² without correction for continuity.
 *
 * The root of Σ(dᵢ − d̄)²/(n(n − 1)), the standard error of d̄ as it is, would be too small under the hypothesis that is tested: twenty items of fifty that are all lost
 * would be 5.7 standard errors, where the sign test agrees with McNemar's 4.5.
 *
 * Where no item differs, as if a single one did, by the largest difference between two scores, or by 1 if all scores are the same.
 *
 * Source: McNemar 1947, Psychometrika 12. In the unit of the scores, above 0; null where one of the evaluations has no items, and for fewer than 10 in common. Each pair of
 * evaluations is looked at once.
 *
 * @param scoresAt scores by item, such as 1 for right and 0 for wrong; null where they are not known
 * @example Of 100 items 8 are right before only and 2 after only: √10 / 100 = .032; the difference .06 is 1.9 of it
 */
export function pairedErrorOf(
  scoresAt: (task: number, row: number) => ReadonlyMap<string, number> | null,
): PairedError {
  const known = new Map<string, number | null>();
  return (task, row, other) => {
    const key = `${task} ${Math.min(row, other)} ${Math.max(row, other)}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const [before, after] = [scoresAt(task, row), scoresAt(task, other)];
    const error = before && after && errorOfDifference(before, after);
    known.set(key, error);
    return error;
  };
}

function errorOfDifference(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number | null {
  let [items, squares, least, largest] = [0, 0, Infinity, -Infinity];
  for (const [item, score] of before) {
    const other = after.get(item);
    if (other === undefined || Number.isNaN(score) || Number.isNaN(other)) continue;
    items++;
    squares += (other - score) ** 2;
    least = Math.min(least, score);
    largest = Math.max(largest, score);
  }
  if (items < fewestItems) return null;
  if (squares === 0) return (largest > least ? largest - least : 1) / items;
  return Math.sqrt(squares) / items;
}

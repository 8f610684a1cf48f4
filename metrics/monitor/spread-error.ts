import type { ItemResults } from '../../logs/index.ts';
import type { PairedError } from '../events/courses.ts';

/**
 * The standard error of the difference between two evaluations of a task by the same items: std of the differences / √items. It is smaller than √(e₁²
 * + e₂²) where items are as hard for both. For an interval around what a round gained ({@link roundGains}, {@link roundTransfer}); for a test that nothing changed,
 * {@link pairedErrorOf} has the error that holds then.
 *
 * Null, so that the values' own errors count, where items are not known or are not the same in both, for fewer than two, and where all differ by the
 * same.
 *
 * @example items 1, 0, 0, 1 and 1, 1, 0, 1: differences 0, 1, 0, 0, error .25
 */
export function spreadErrorOf(items: ItemResults): PairedError {
  const kept = new Map<string, number | null>();
  return (task, row, other) => {
    const key = `${task}/${Math.min(row, other)}/${Math.max(row, other)}`;
    let error = kept.get(key);
    if (error === undefined) {
      error = errorOf(items.scores(task, row), items.scores(task, other));
      kept.set(key, error);
    }
    return error;
  };
}

type Scores = ReadonlyMap<string, number> | null;

function errorOf(a: Scores, b: Scores): number | null {
  if (a === null || b === null || a.size !== b.size || a.size < 2) return null;
  const differences: number[] = [];
  for (const [item, score] of a) {
    const other = b.get(item);
    if (other === undefined) return null;
    differences.push(score - other);
  }
  const n = differences.length;
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / n;
  const squares = differences.reduce((sum, difference) => sum + (difference - mean) ** 2, 0);
  const error = Math.sqrt(squares / (n - 1) / n);
  return error > 1e-12 ? error : null;
}

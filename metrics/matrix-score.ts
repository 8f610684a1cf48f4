/** A metric, and how many measured values it is made of. */
export interface MatrixScore {
  /** Null where it is undefined; never 0 for that. */
  readonly value: number | null;
  /** How many cells of the matrix (of a log: evaluations) went into the value; 0 where it is null. */
  readonly cells: number;
}

export const undefinedScore: MatrixScore = { value: null, cells: 0 };

/** A score of terms that may be undefined: their sum over `divisor`, null if one of them is, or if there are none. */
export function scoreOfTerms(terms: readonly (number | null)[], divisor: number, cells: number): MatrixScore {
  if (terms.length === 0 || terms.includes(null)) return undefinedScore;
  return { value: terms.reduce<number>((sum, term) => sum + term!, 0) / divisor, cells };
}

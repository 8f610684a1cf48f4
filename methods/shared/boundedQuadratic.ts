/** How far a slope may be on the wrong side of zero, as a share of the numbers that it is the sum of: rounding of 64-bit floats. */
const rounding = 1e-13;

/** Rounds for each coordinate after which differences are of rounding only; about one is needed. */
const roundsEach = 50;

/**
 * The minimum of ½vᵀPv + qᵀv subject to vᵢ ≥ lower, for a positive definite P: it is unique. The active-set method of Lawson and Hanson (Solving
 * Least Squares Problems, 1974, chapter 23): of the coordinates on the bound that of the steepest descent is freed, the free ones solve their
 * linear equations, and those that would cross the bound on the way there are put back on it. Every round lowers the objective, so no set of
 * free coordinates comes twice, and the answer is exact also for nearly parallel constraints, where coordinate descent crawls.
 * @param P `[n, n]`, symmetric
 * @param q `[n]`
 */
export function minimizeBounded(P: readonly (readonly number[])[], q: readonly number[], lower: number): number[] {
  // Distances from the bound: w = v − lower ≥ 0, whose slopes are P·w + offsets.
  const offsets = P.map((row, i) => row.reduce((sum, value) => sum + value * lower, q[i]));
  const w = q.map(() => 0);
  const free = new Set<number>();
  /** Coordinates that only rounding makes look worth freeing. */
  const refused = new Set<number>();
  for (let round = 0; round < roundsEach * w.length; round++) {
    const waiting = [...w.keys()].filter((i) => !free.has(i) && !refused.has(i));
    const entering = steepest(P, offsets, w, waiting);
    if (entering === null) break;
    free.add(entering);
    let target = solveFree(P, offsets, free);
    if (target[entering] <= 0) {
      free.delete(entering);
      refused.add(entering);
      continue;
    }
    while ([...free].some((i) => target[i] <= 0)) {
      const crossing = [...free].filter((i) => target[i] <= 0);
      const shares = crossing.map((i) => w[i] / (w[i] - target[i]));
      const share = Math.min(...shares);
      for (const i of free) w[i] += share * (target[i] - w[i]);
      for (const [k, i] of crossing.entries())
        if (shares[k] === share) {
          w[i] = 0;
          free.delete(i);
        }
      target = solveFree(P, offsets, free);
    }
    for (const i of free) w[i] = target[i];
    refused.clear();
  }
  return w.map((value) => lower + value);
}

/** The coordinate among `waiting` whose slope is lowest, if that is below zero by more than rounding. */
function steepest(
  P: readonly (readonly number[])[],
  offsets: readonly number[],
  w: readonly number[],
  waiting: readonly number[],
): number | null {
  let best: number | null = null;
  let lowest = 0;
  for (const i of waiting) {
    const slope = P[i].reduce((sum, value, j) => sum + value * w[j], offsets[i]);
    const scale = P[i].reduce((sum, value, j) => sum + Math.abs(value * w[j]), Math.abs(offsets[i]));
    if (slope < -rounding * scale && slope < lowest) {
      best = i;
      lowest = slope;
    }
  }
  return best;
}

/** Where the slopes of the free coordinates are zero, the others being 0; by Cholesky's decomposition. */
function solveFree(P: readonly (readonly number[])[], offsets: readonly number[], free: ReadonlySet<number>): number[] {
  const members = [...free];
  const L: number[][] = [];
  const x = members.map((i) => -offsets[i]);
  for (const [i, a] of members.entries()) {
    L[i] = [];
    for (const [j, b] of members.slice(0, i + 1).entries()) {
      let rest = P[a][b];
      for (let k = 0; k < j; k++) rest -= L[i][k] * L[j][k];
      // A pivot that rounding has eaten up is kept above zero.
      L[i][j] = i === j ? Math.sqrt(Math.max(rest, rounding * P[a][a])) : rest / L[j][j];
    }
    for (let k = 0; k < i; k++) x[i] -= L[i][k] * x[k];
    x[i] /= L[i][i];
  }
  for (let i = members.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < members.length; k++) x[i] -= L[k][i] * x[k];
    x[i] /= L[i][i];
  }
  const solution = offsets.map(() => 0);
  for (const [i, a] of members.entries()) solution[a] = x[i];
  return solution;
}

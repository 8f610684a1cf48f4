import type { AccuracyMatrix } from '../../../logs/index.ts';

/** A run's matrix R[i][j], the untrained model b[j] and the accuracies a*_j of joint training, read from 1 as in the papers. */
export interface Cells {
  readonly tasks: number;
  R(i: number, j: number): number;
  b(j: number): number;
  joint(j: number): number;
  /** Like R, but −∞ where the cell is missing. */
  optionalR(i: number, j: number): number;
}

const missing = new Error('a cell is missing');

/** What a formula gives for a matrix; null where it needs a cell that is missing, or has nothing to be a mean over. */
export function byFormula(
  formula: (cells: Cells) => number,
  { rows, initial }: AccuracyMatrix,
  jointAccuracies: readonly (number | null)[] | null = null,
): number | null {
  const need = (value: number | null | undefined): number => {
    if (value === null || value === undefined) throw missing;
    return value;
  };
  try {
    const value = formula({
      tasks: rows.length,
      R: (i, j) => need(rows[i - 1][j - 1]),
      b: (j) => need(initial?.[j - 1]),
      joint: (j) => need(jointAccuracies?.[j - 1]),
      optionalR: (i, j) => rows[i - 1][j - 1] ?? -Infinity,
    });
    return Number.isNaN(value) ? null : value;
  } catch (error) {
    if (error === missing) return null;
    throw error;
  }
}

/** Σ over from … to of a term. */
function sum(from: number, to: number, term: (index: number) => number): number {
  let total = 0;
  for (let index = from; index <= to; index++) total += term(index);
  return total;
}

const maximum = (from: number, to: number, term: (index: number) => number): number =>
  Math.max(...Array.from({ length: to - from + 1 }, (_, i) => term(from + i)));

/** GEM, Lopez-Paz & Ranzato 2017: ACC = 1/T Σ R_{T,i}. */
export const acc = ({ tasks: T, R }: Cells): number => sum(1, T, (i) => R(T, i)) / T;

/** GEM: BWT = 1/(T−1) Σ_{i<T} (R_{T,i} − R_{i,i}). */
export const bwt = ({ tasks: T, R }: Cells): number => sum(1, T - 1, (i) => R(T, i) - R(i, i)) / (T - 1);

/** GEM: FWT = 1/(T−1) Σ_{i≥2} (R_{i−1,i} − b_i). */
export const fwt = ({ tasks: T, R, b }: Cells): number => sum(2, T, (i) => R(i - 1, i) - b(i)) / (T - 1);

/** iCaRL, Rebuffi et al. 2017: the accuracy over all tasks seen, averaged over the steps. */
export const aia = ({ tasks: T, R }: Cells): number => sum(1, T, (i) => sum(1, i, (j) => R(i, j)) / i) / T;

/** MER, Riemer et al. 2019: learning accuracy, 1/T Σ R_{i,i}. */
export const la = ({ tasks: T, R }: Cells): number => sum(1, T, (i) => R(i, i)) / T;

/** MER: BTI = 1/T Σ (R_{T,i} − R_{i,i}). */
export const bti = ({ tasks: T, R }: Cells): number => sum(1, T, (i) => R(T, i) - R(i, i)) / T;

/** De Lange et al. 2023: FORG = 1/(k−1) Σ_{i<k} (A(E_i, f after T_i) − A(E_i, f_t)). */
export const forg = ({ tasks: T, R }: Cells): number => sum(1, T - 1, (i) => R(i, i) - R(T, i)) / (T - 1);

/** RWalk, Chaudhry et al. 2018: F_k = 1/(k−1) Σ_{j<k} (max_{l<k} a_{l,j} − a_{k,j}); cells above the diagonal may be missing. */
export const forgMax = ({ tasks: T, R, optionalR }: Cells): number =>
  sum(1, T - 1, (j) => maximum(1, T - 1, (l) => (l < j ? optionalR(l, j) : R(l, j))) - R(T, j)) / (T - 1);

/** Mammoth's `forgetting`: the maximum over all rows, the last included, missing cells of earlier ones being 0. */
export const mammoth = ({ tasks: T, R, optionalR }: Cells): number =>
  sum(
    1,
    T - 1,
    (j) => Math.max(0, R(T, j), ...Array.from({ length: T - 1 }, (_, l) => optionalR(l + 1, j))) - R(T, j),
  ) /
  (T - 1);

/** RWalk: I_k = a*_k − a_{k,k}, averaged over the tasks. */
export const intransigence = ({ tasks: T, R, joint }: Cells): number => sum(1, T, (k) => joint(k) - R(k, k)) / T;

/** Díaz-Rodríguez et al. 2018: A = Σ_{i≥j} R_{i,j} / (N(N+1)/2). */
export const diazA = ({ tasks: N, R }: Cells): number =>
  sum(1, N, (i) => sum(1, i, (j) => R(i, j))) / ((N * (N + 1)) / 2);

/** Díaz-Rodríguez et al.: BWT = Σ_{i=2…N} Σ_{j<i} (R_{i,j} − R_{j,j}) / (N(N−1)/2). */
export const diazBwt = ({ tasks: N, R }: Cells): number =>
  sum(2, N, (i) => sum(1, i - 1, (j) => R(i, j) - R(j, j))) / ((N * (N - 1)) / 2);

/** Díaz-Rodríguez et al.: REM = 1 − |min(BWT, 0)|. */
export const rem = (cells: Cells): number => 1 - Math.abs(Math.min(diazBwt(cells), 0));

/** Díaz-Rodríguez et al.: BWT⁺ = max(BWT, 0). */
export const bwtPlus = (cells: Cells): number => Math.max(diazBwt(cells), 0);

/** Díaz-Rodríguez et al.: FWT = Σ_{i<j} R_{i,j} / (N(N−1)/2). */
export const diazFwt = ({ tasks: N, R }: Cells): number =>
  sum(1, N, (i) => sum(i + 1, N, (j) => R(i, j))) / ((N * (N - 1)) / 2);

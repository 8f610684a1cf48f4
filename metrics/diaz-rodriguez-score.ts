/**
 * CL_score: Σ_k w_k c_k, a single number for a learner from criteria c_k in [0, 1], each the mean over runs. In the source they are A, REM,
 * BWT+, FWT, MS, SSS and CE.
 *
 * The weights decide the ranking, so state them. Without any, all criteria weigh alike; then REM and BWT+, of which one is always
 * at its end, count backward transfer twice.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), after multi-attribute value theory. In [0, 1]; higher is better. Null if a
 * criterion is null, or if there are none.
 *
 * @throws {RangeError} for a criterion outside [0, 1], and weights that are not of the same criteria, below 0 or do not sum to 1
 * @example A = .6, MS = 1, weights .75 and .25: .7
 */
export function continualLearningScore(
  criteria: Readonly<Record<string, number | null>>,
  weights: Readonly<Record<string, number>> = equalWeights(criteria),
): number | null {
  return weightedSum(criteria, weights, 'criterion');
}

/**
 * CL_stability: 1 - Σ_k w_k std(c_k), where std(c_k) is the standard deviation of criterion k over runs.
 *
 * The source does not say which deviation; with n − 1 in the denominator (`meanAndStd`) it may be up to .71 for a criterion in [0, 1].
 * Source, errors and null as for `continualLearningScore`. In [0, 1]; higher is better.
 *
 * @example Deviations .1 and .02, weights .75 and .25: 1 - .08 = .92
 */
export function continualLearningStability(
  deviations: Readonly<Record<string, number | null>>,
  weights: Readonly<Record<string, number>> = equalWeights(deviations),
): number | null {
  const sum = weightedSum(deviations, weights, 'deviation');
  return sum === null ? null : 1 - sum;
}

function equalWeights(criteria: Readonly<Record<string, unknown>>): Record<string, number> {
  const names = Object.keys(criteria);
  return Object.fromEntries(names.map((name) => [name, 1 / names.length]));
}

function weightedSum(
  values: Readonly<Record<string, number | null>>,
  weights: Readonly<Record<string, number>>,
  what: string,
): number | null {
  const names = Object.keys(values);
  if (names.length === 0) return null;
  const [given, needed] = [Object.keys(weights).toSorted().join(', '), names.toSorted().join(', ')];
  if (given !== needed) throw new RangeError(`weights are of ${given || 'nothing'}; needed: ${needed}`);
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  if (!names.every((name) => weights[name] >= 0) || Math.abs(total - 1) > 1e-9)
    throw new RangeError(`weights must be 0 or more and sum to 1; they sum to ${total}`);
  let sum: number | null = 0;
  for (const name of names) {
    const value = values[name];
    if (value !== null && !(value >= 0 && value <= 1))
      throw new RangeError(`${what} ${name} is ${value}, outside [0, 1]`);
    sum = sum === null || value === null ? null : sum + weights[name] * value;
  }
  return sum;
}

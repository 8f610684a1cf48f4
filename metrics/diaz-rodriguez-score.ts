/**
 * CL_score: a single number for a learner from criteria c in [0, 1], each the mean over runs. In the source they are A, REM, BWT+, FWT, MS, SSS
 * and CE.
 *
 *     CL_score = Σ_c w_c c,     Σ_c w_c = 1
 *
 * The weights decide the ranking, so state them. Without any, all criteria weigh alike; then REM and BWT+, of which one is always at its end,
 * count backward transfer twice. Null if a criterion is null, or if there are none.
 *
 * Unit: a share, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), after multi-attribute value theory, as the literature quotes it.
 *
 * @throws {RangeError} for a criterion outside [0, 1], and weights that are not of the same criteria, below 0 or do not sum to 1
 * @example continualLearningScore({ A: 0.6, MS: 1 }, { A: 0.75, MS: 0.25 }) // 0.75 * 0.6 + 0.25 * 1 = 0.7
 */
export function continualLearningScore(
  criteria: Readonly<Record<string, number | null>>,
  weights: Readonly<Record<string, number>> = equalWeights(criteria),
): number | null {
  return weightedSum(criteria, weights, 'criterion');
}

/**
 * CL_stability: how little the criteria of `continualLearningScore` scatter over runs.
 *
 *     CL_stability = 1 − Σ_c w_c std(c)
 *
 * The source does not say which deviation is meant; with n − 1 in the denominator (`meanAndStd`) that of a criterion in [0, 1] may be up to
 * 0.71. The default of the weights, and when it is null, are as there.
 *
 * Unit: a share, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), as the literature quotes it.
 *
 * @param deviations std(c) of each criterion
 * @throws {RangeError} for a deviation outside [0, 1], and weights as there
 * @example continualLearningStability({ A: 0.1, MS: 0.02 }, { A: 0.75, MS: 0.25 }) // 1 - (0.075 + 0.005) = 0.92
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

import { mean, saturationOf, type Saturation } from './curves.ts';

/** Sample efficiency of a task beside its experts, and what it is made of: one entry an expert that can be compared with. */
export interface SampleEfficiency {
  /** Mean over the experts; null where there is none to compare with. */
  readonly value: number | null;
  /** Of the task; null where it saturates at once or there is no expert. */
  readonly saturation: Saturation | null;
  /** Of the experts. */
  readonly expertSaturations: readonly Saturation[];
  /** Saturation of the task over that of the expert. */
  readonly heightRatios: readonly number[];
  /** Experiences of the expert over those of the task. */
  readonly speedRatios: readonly number[];
  /** Products of the two, or 0. */
  readonly values: readonly number[];
  /** Whether a value is 0 because the task's curve falls or stays too low, not because it was measured. */
  readonly violated: boolean;
}

/**
 * Sample efficiency (SE) of a task beside single-task experts: how high and how early it saturates.
 *
 *     SE = sat / sat_expert × e_expert / e
 *
 * where sat is the height at which the training curve saturates (`saturationOf`), and e the experiences before. The task's training regimes
 * stand one after the other. The value is the mean over the expert's runs.
 *
 * Questionable:
 *
 * - A value is **0 where the task's saturation is below a fifth of the expert's, or its least-squares slope over the experience numbers is below
 *   0**: a verdict on the curve, which then goes into the mean like a measurement.
 * - Nothing is computed where e or e_expert is 0, so the case of a task known from the start, the best there is, is missing. (Nor here where
 *   sat_expert is 0; the tool has infinity there.)
 * - e is where a curve is highest, not where it levels off: it grows with the length of training on a curve that still rises slowly, and on one
 *   that is level it hangs on rounding.
 * - The smoothing window is a fifth of all the task's values, so it blurs across regimes, and everything was smoothed once before, whatever
 *   `smoothing` says.
 *
 * Unit: none, 0 or more (where performance is not negative); above 1 is good.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `sample_efficiency.py`.
 *
 * @param experiences numbers of the experiences of `curve`
 * @param experts one curve a run
 * @example
 * const [curve, expert] = [Float64Array.of(1, 2, 4), Float64Array.of(1, 5, 5)];
 * sampleEfficiency(curve, Float64Array.of(0, 1, 2), [expert]).value // 4 / 5 * 1 / 2 = 0.4
 */
export function sampleEfficiency(
  curve: Float64Array,
  experiences: Float64Array,
  experts: readonly Float64Array[],
): SampleEfficiency {
  const saturation = saturationOf(curve);
  if (experts.length === 0 || saturation.experiences === 0) return nothing;
  const falls = covariance(experiences, curve) < 0;
  const expertSaturations = experts.map(saturationOf).filter((expert) => expert.experiences > 0 && expert.value !== 0);
  const heightRatios = expertSaturations.map((expert) => saturation.value / expert.value);
  const speedRatios = expertSaturations.map((expert) => expert.experiences / saturation.experiences);
  const isValid = ({ value }: Saturation): boolean => !falls && saturation.value >= value * 0.2;
  const values = expertSaturations.map((expert, i) => (isValid(expert) ? heightRatios[i] * speedRatios[i] : 0));
  return {
    value: values.length === 0 ? null : mean(values),
    saturation,
    expertSaturations,
    heightRatios,
    speedRatios,
    values,
    violated: !expertSaturations.every(isValid),
  };
}

const nothing: SampleEfficiency = {
  value: null,
  saturation: null,
  expertSaturations: [],
  heightRatios: [],
  speedRatios: [],
  values: [],
  violated: false,
};

/** Σ (x − mean x)(y − mean y): of the sign of the least-squares slope of y over x. */
function covariance(x: Float64Array, y: Float64Array): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  return x.reduce((sum, value, i) => sum + (value - meanX) * (y[i] - meanY), 0);
}

/** A task's values after its reference, signed so that higher is better. Evaluations that were not made are left out. */
export interface Course {
  readonly reference: number;
  readonly referenceStep: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
  /** Standard errors of reference − value; null where they are not known. */
  readonly errors: readonly (number | null)[];
}

/** What a fall below the reference looks like. Indices are into the course's values. */
export interface Fall {
  readonly minimum: number;
  readonly onset: number | null;
  readonly recovery: number | null;
  readonly area: number;
}

/**
 * The deepest fall of a course.
 * @param tolerance standard errors of a difference that count as no difference; where they are not known, only values below the reference are worse
 */
export function fallOf({ reference, referenceStep, steps, values, errors }: Course, tolerance: number): Fall {
  let minimum = 0;
  values.forEach((value, i) => {
    if (value < values[minimum]) minimum = i;
  });
  const isLower = (i: number): boolean => reference - values[i] > tolerance * (errors[i] ?? 0);
  let onset: number | null = null;
  if (isLower(minimum)) for (onset = minimum; onset > 0 && isLower(onset - 1);) onset--;
  const after = values.findIndex((_, i) => i > minimum && !isLower(i));
  let area = 0;
  let [previousStep, previousDrop] = [referenceStep, 0];
  values.forEach((value, i) => {
    const drop = Math.max(0, reference - value);
    area += ((steps[i] - previousStep) * (previousDrop + drop)) / 2;
    [previousStep, previousDrop] = [steps[i], drop];
  });
  return { minimum, onset, recovery: onset === null || after < 0 ? null : after, area };
}

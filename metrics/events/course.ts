/** A task's values after its reference, signed so that higher is better. Evaluations that were not made are left out. */
export interface Course {
  readonly reference: number;
  readonly referenceStep: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
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
 * @param marginAt how far below the reference counts as no difference, for each value
 */
export function fallOf({ reference, referenceStep, steps, values }: Course, marginAt: (i: number) => number): Fall {
  const minimum = lowestOf(values);
  const isLower = (i: number): boolean => reference - values[i] > marginAt(i);
  let onset: number | null = null;
  if (isLower(minimum)) for (onset = minimum; onset > 0 && isLower(onset - 1);) onset--;
  let recovery: number | null = null;
  if (onset !== null)
    for (let i = minimum + 1; i < values.length && recovery === null; i++) if (!isLower(i)) recovery = i;
  let area = 0;
  let [previousStep, previousDrop] = [referenceStep, 0];
  for (let i = 0; i < values.length; i++) {
    const drop = Math.max(0, reference - values[i]);
    area += ((steps[i] - previousStep) * (previousDrop + drop)) / 2;
    [previousStep, previousDrop] = [steps[i], drop];
  }
  return { minimum, onset, recovery, area };
}

/** Where the lowest value is, the first of equals. */
export function lowestOf(values: readonly number[]): number {
  let lowest = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[lowest]) lowest = i;
  return lowest;
}

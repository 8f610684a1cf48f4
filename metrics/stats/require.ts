/** The values, if all are finite. @throws {RangeError} naming the first that is not */
export function requireFinite(values: readonly number[], name = 'values'): readonly number[] {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at !== -1) throw new RangeError(`${name}[${at}] is ${values[at]}: statistics need finite numbers`);
  return values;
}

/** The values that are not null, if all of them are finite. @throws {RangeError} naming the first that is not */
export function requireDefined(values: readonly (number | null)[]): readonly number[] {
  return requireFinite(values.filter((value) => value !== null));
}

/** @throws {RangeError} if the value is NaN */
export function requireNumber(value: number, name: string): void {
  if (Number.isNaN(value)) throw new RangeError(`${name} is NaN`);
}

/** @throws {RangeError} unless 0 ≤ p ≤ 1 */
export function requireProbability(p: number, name = 'a probability'): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${name} lies in [0, 1], not ${p}`);
}

/** @throws {RangeError} unless 0 < share < 1 */
export function requireInside(share: number, name: string): void {
  if (!(share > 0 && share < 1))
    throw new RangeError(`${name} lies between 0 and 1, such as 0.95 or 0.05, not ${share}`);
}

/** @throws {RangeError} unless the value is above 0 and finite */
export function requirePositive(value: number, name: string): void {
  if (!(value > 0 && value < Infinity)) throw new RangeError(`${name} must be above 0, not ${value}`);
}

/** @throws {RangeError} unless the value is a whole number of at least `least` */
export function requireCount(value: number, name: string, least = 0): void {
  if (!(Number.isSafeInteger(value) && value >= least))
    throw new RangeError(`${name} must be a whole number of at least ${least}, not ${value}`);
}

/** Whether all values are the same. Their standard deviation is then 0, which rounding of the mean may hide. */
export function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

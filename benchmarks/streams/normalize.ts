import { UserError } from '../../base/index.ts';
import type { Dataset } from '../types.ts';
import type { StreamOption } from './types.ts';

/** The option that all kinds of streams have. */
export const normalizeOption: StreamOption = {
  name: 'normalize',
  unit: 'true | false',
  default: 'true for colour images, false for grey ones',
  description: 'bring every channel to mean 0 and standard deviation 1 over the training set',
};

/**
 * Whether the rows of a stream are normalised: as given, else those of colour images are.
 *
 * @throws UserError on another value than a boolean, and when the data set has no mean and deviation to do it with
 */
export function resolveNormalize(
  given: boolean | undefined,
  { name, shape, normalization }: Pick<Dataset, 'name' | 'shape' | 'normalization'>,
): boolean {
  if (given === undefined) return shape[2] === 3 && normalization !== undefined;
  if (typeof given !== 'boolean') throw new UserError(`invalid normalize: ${String(given)} (allowed: true, false)`);
  if (given && normalization === undefined) {
    throw new UserError(`${name} has no mean and standard deviation to normalise with; leave out normalize`);
  }
  return given;
}

import { UserError } from '../../base/index.ts';
import { normalizeOption } from './normalize.ts';
import { padOption } from './pad.ts';
import type { StreamOption } from './types.ts';

/** How many training samples each task keeps. */
export const trainSamplesOption: StreamOption = {
  name: 'trainSamples',
  unit: 'samples',
  default: 'all',
  description: 'training samples of each task, drawn by the seed',
};

/** The options that all kinds of streams have. */
export const commonOptions: readonly StreamOption[] = [trainSamplesOption, padOption, normalizeOption];

/** @throws UserError on what is no number of samples */
export function requireTrainSamples(count: number | undefined): void {
  if (count === undefined || (Number.isSafeInteger(count) && count >= 1)) return;
  throw new UserError(`invalid trainSamples: ${count} (allowed: a whole number of at least 1)`);
}

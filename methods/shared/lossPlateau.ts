import type { State } from '../contract.ts';

export interface PlateauLimits {
  /** Losses that are looked at: the last ones. */
  readonly window: number;
  /** Below which their mean must be. */
  readonly meanThreshold: number;
  /** Below which their variance must be. */
  readonly varianceThreshold: number;
}

/** What a detector remembers. Arrays, so that a number is the same bytes whatever it is. */
export interface PlateauMemory {
  readonly losses: Float32Array;
  /** Whether the loss has risen since the last plateau; at the start it has. */
  readonly peak: boolean;
  /** Mean and variance of the window at the last plateau. */
  readonly last: Float32Array;
}

export const noPlateauYet: PlateauMemory = { losses: new Float32Array(), peak: true, last: new Float32Array(2) };

/**
 * One more loss of a stream (Task-Free Continual Learning, arXiv:1812.03596). With m and v the mean and the variance of the last losses (of as
 * many as there are while the window fills): after a plateau a peak is when m > m_old + √v_old, of the window at that plateau; a plateau is when
 * m and v are both below their thresholds and there has been a peak since the last one.
 */
export function followLoss(
  { losses, peak, last }: PlateauMemory,
  loss: number,
  { window, meanThreshold, varianceThreshold }: PlateauLimits,
): { readonly plateau: boolean; readonly memory: PlateauMemory } {
  const recent = Float32Array.of(...losses, loss).slice(-window);
  // Rounded as it is remembered: a constant loss must not rise above itself.
  const mean = Math.fround(recent.reduce((sum, each) => sum + each, 0) / recent.length);
  const variance = Math.fround(recent.reduce((sum, each) => sum + (each - mean) ** 2, 0) / recent.length);
  const risen = peak || mean > last[0] + Math.sqrt(last[1]);
  const plateau = risen && mean < meanThreshold && variance < varianceThreshold;
  return {
    plateau,
    memory: {
      losses: recent,
      peak: plateau ? false : risen,
      last: plateau ? Float32Array.of(mean, variance) : last,
    },
  };
}

export const plateauState = (memory: PlateauMemory): State => ({ ...memory });
export const plateauMemory = (state: State): PlateauMemory => state as unknown as PlateauMemory;

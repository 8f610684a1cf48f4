import type { State } from '../contract.ts';

export interface PlateauLimits {
  /** Losses that are looked at: the last ones. */
  readonly window: number;
  /** Below which their mean must be. */
  readonly meanThreshold: number;
  /** Below which their variance must be. */
  readonly varianceThreshold: number;
}

/** What a detector remembers. */
export interface PlateauMemory {
  readonly losses: Float32Array;
  /** Whether the loss has risen since the last plateau; at the start it has. */
  readonly peak: boolean;
  /** Of the window at the last plateau. */
  readonly mean: number;
  readonly variance: number;
}

export const noPlateauYet: PlateauMemory = { losses: new Float32Array(), peak: true, mean: 0, variance: 0 };

/**
 * One more loss of a stream (Task-Free Continual Learning, arXiv:1812.03596). With m and v the mean and the variance of the last losses (of as
 * many as there are while the window fills): after a plateau a peak is when m > m_old + √v_old, of the window at that plateau; a plateau is when
 * m and v are both below their thresholds and there has been a peak since the last one.
 */
export function followLoss(
  { losses, peak, ...last }: PlateauMemory,
  loss: number,
  { window, meanThreshold, varianceThreshold }: PlateauLimits,
): { readonly plateau: boolean; readonly memory: PlateauMemory } {
  const recent = Float32Array.of(...losses, loss).slice(-window);
  const mean = recent.reduce((sum, each) => sum + each, 0) / recent.length;
  const variance = recent.reduce((sum, each) => sum + (each - mean) ** 2, 0) / recent.length;
  const risen = peak || mean > last.mean + Math.sqrt(last.variance);
  const plateau = risen && mean < meanThreshold && variance < varianceThreshold;
  return {
    plateau,
    memory: plateau ? { losses: recent, peak: false, mean, variance } : { ...last, losses: recent, peak: risen },
  };
}

export const plateauState = (memory: PlateauMemory): State => ({ ...memory });
export const plateauMemory = (state: State): PlateauMemory => state as unknown as PlateauMemory;

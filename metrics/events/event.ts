import type { NoiseSource } from './judge.ts';

/**
 * What became of an earlier task. `stability_gap`: it fell and came back; `forgetting`: it fell and did not come back; `backward_transfer`: it
 * did not fall and ended above where it was; `noise`: nothing that chance does not explain.
 */
export const eventKinds = ['stability_gap', 'forgetting', 'backward_transfer', 'noise'] as const;
export type EventKind = (typeof eventKinds)[number];

/** What one switch, or one fall where no switches are known, did to one task. */
export interface Event {
  /** By name and by index into the log's tasks. */
  readonly task: string;
  readonly taskIndex: number;
  /** The task whose training starts; null where the log does not say what was trained. */
  readonly switchTask: string | null;
  /** Updates made by the evaluation that holds the reference: before the switch, or at the peak. */
  readonly switchStep: number;
  readonly kind: EventKind;
  /** The value before. */
  readonly reference: number;
  /** The first evaluation of the fall that led to the minimum: it is worse than the reference by more than chance. Null without a fall. */
  readonly onsetStep: number | null;
  /** The worst value after, and the first step that has it. */
  readonly minimum: number;
  readonly minimumStep: number;
  /** The first evaluation after the minimum that chance could make of the reference; null if there is none (censored) or no fall. */
  readonly recoveryStep: number | null;
  /** The last value before the next switch, or of the log. */
  readonly end: number;
  /** reference − minimum, in the unit of the log; 0 or below if the value never fell. */
  readonly depth: number;
  /** depth / |reference|; null if the reference is 0. */
  readonly relativeDepth: number | null;
  /** How deep the minimum of so many evaluations would lie by chance, had nothing changed; null where the noise is not known. */
  readonly chanceDepth: number | null;
  /** ∫ max(0, reference − A) over the updates after the switch, in the unit of the log × updates. */
  readonly area: number;
  /** Depth in standard errors of the difference between minimum and reference; null where the noise is not known. */
  readonly z: number | null;
  /**
   * Of the fall, or of the rise where the kind is backward transfer, if nothing had changed, corrected for the number of evaluations and, by Holm, for all tests on
   * the log; null where the noise is not known.
   */
  readonly p: number | null;
  /** Where the error of the values is known from; null where nothing tells. */
  readonly noise: NoiseSource | null;
}

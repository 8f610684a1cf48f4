import { activityShare } from './stableUnits.ts';

/** Where a task stands. Plain data: part of a checkpoint. */
export interface Progress {
  /** Phase at hand, from 1. */
  phase: number;
  /** Rows of the stream in the phase. */
  seen: number;
  /** Best accuracy of the phase's passes, in percent; −1 before the first is measured. */
  top: number;
  /** Best accuracy of the phases before it. */
  best: number;
  /** Whether the task's last phase is over. */
  stopped: boolean;
}

/** Stable units below this share of the activity are not asked for. */
const leastShare = 0.05;

/** A task begins. */
export function firstPhase(): Progress {
  return { phase: 1, seen: 0, top: -1, best: -1, stopped: false };
}

/**
 * Whether a task goes back to the phase before and ends: accuracy has fallen more than `tolerance` below the best, or the share p_t is 5 % or less. Not before
 * the third phase: the second is the first with stable units of the task, and the first to go back to.
 * @param steps k of p_t, 3 or more
 * @param tolerance in percentage points
 */
export function goesBack(
  { phase, top, best }: Progress,
  { steps, tolerance }: { readonly steps: number; readonly tolerance: number },
): boolean {
  return phase > 2 && (top < best - tolerance || activityShare(phase, steps) <= leastShare);
}

/** After a phase that stands. */
export function nextPhase({ phase, top, best }: Progress): Progress {
  return { phase: phase + 1, seen: 0, top: -1, best: Math.max(best, top), stopped: false };
}

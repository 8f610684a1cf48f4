import { activityShare } from './stableUnits.ts';

/** Where a task stands. */
export interface Progress {
  /** Phase at hand, from 1. */
  phase: number;
  /** Rows of the stream in the phase. */
  seen: number;
  /** Most held-out rows that a pass of the phase got right; −1 before the first is measured. */
  top: number;
  /** Most of the phases before it. */
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

/** As integers for a checkpoint, and back. */
export function packProgress({ phase, seen, top, best, stopped }: Progress): Int32Array {
  return Int32Array.of(phase, seen, top, best, Number(stopped));
}

export function unpackProgress([phase, seen, top, best, stopped]: Int32Array): Progress {
  return { phase, seen, top, best, stopped: stopped === 1 };
}

/**
 * Whether a task goes back to the phase before and ends: accuracy has fallen more than `tolerance` below the best, or the share p_t is 5 % or less. Not before
 * the third phase: the second is the first with stable units of the task, and the first to go back to.
 * @param steps k of p_t, 3 or more
 * @param tolerance in percentage points
 * @param rows held out
 */
export function goesBack(
  { phase, top, best }: Progress,
  { steps, tolerance }: { readonly steps: number; readonly tolerance: number },
  rows: number,
): boolean {
  return phase > 2 && ((100 * (best - top)) / rows > tolerance || activityShare(phase, steps) <= leastShare);
}

/** After a phase that stands. */
export function nextPhase({ phase, top, best }: Progress): Progress {
  return { phase: phase + 1, seen: 0, top: -1, best: Math.max(best, top), stopped: false };
}

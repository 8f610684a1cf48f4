import { dropFraction, type DropSchedule } from './dropFraction.ts';

/** What a schedule of topology updates runs over: the whole run once, or every task anew. A task-free stream is one task. */
export const spans = ['run', 'task'] as const;
export type Span = (typeof spans)[number];

export interface TopologyTiming {
  readonly dropSchedule: DropSchedule;
  /** α, the share of active weights that is replaced at the start. */
  readonly dropFraction: number;
  /** ΔT, updates from one topology update to the next. */
  readonly interval: number;
  /** The share of the span after which the topology stays, in (0, 1]: T_end = end · span. */
  readonly end: number;
  readonly over: Span;
}

/**
 * The share of active weights to replace at update `t` of the span, 0 where the topology stays: dropFraction at multiples of the interval up to T_end.
 * A constant share to the very end needs no end, and goes on should there be more updates than were announced.
 * @param updates of each task
 */
export function createTopologySchedule(
  { dropSchedule, dropFraction: initial, interval, end, over }: TopologyTiming,
  updates: readonly number[],
): (t: number, task: number) => number {
  const whole = updates.reduce((sum, more) => sum + more, 0);
  return (t, task) => {
    const last = dropSchedule === 'constant' && end === 1 ? Infinity : end * (over === 'run' ? whole : updates[task]);
    return t % interval === 0 && t <= last ? dropFraction(dropSchedule, initial, t, last) : 0;
  };
}

/**
 * How many topology updates a run will have.
 * @param first the `t` of a span's first update: 0 where a topology update takes the place of the weight update, 1 where it comes after one
 */
export function countTopologyUpdates(timing: TopologyTiming, updates: readonly number[], first: 0 | 1): number {
  const fractionAt = createTopologySchedule(timing, updates);
  const lengths = timing.over === 'run' ? [updates.reduce((sum, more) => sum + more, 0)] : updates;
  let count = 0;
  for (const [task, length] of lengths.entries())
    for (let t = first * timing.interval; t < first + length; t += timing.interval)
      if (fractionAt(t, task) > 0) count++;
  return count;
}

import { UserError } from '../../base/index.ts';

/** The integers from `start` up to, but not including, `end`. */
export function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** Checks a number of tasks. */
export function requireTaskCount(tasks: number): number {
  if (Number.isSafeInteger(tasks) && tasks >= 1) return tasks;
  throw new UserError(`invalid tasks: ${tasks} (allowed: a whole number of at least 1)`);
}

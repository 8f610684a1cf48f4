import type { WatchLine } from '../../analysis/index.ts';

/**
 * One line of what a watch tells, without the run.
 * @example `a fell from 0.9 to 0.5 at step 200 (21.7 standard errors)`
 */
export function tellingText(line: Omit<WatchLine, 'run'>): string {
  const { task, telling, kind, reference, minimum, minimum_step, recovery_step, end, z } = line;
  const errors = z === null ? '' : ` (${z.toFixed(1)} standard errors)`;
  if (telling === 'fell')
    return `${task} fell from ${short(reference)} to ${short(minimum)} at step ${minimum_step}${errors}`;
  if (telling === 'back') return `${task} is back at step ${recovery_step}: a stability gap`;
  if (kind === 'backward_transfer') return `${task} rose from ${short(reference)} to ${short(end)}: backward transfer`;
  return `${task} did not come back: ${short(end)} instead of ${short(reference)}: forgetting`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

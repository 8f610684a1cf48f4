import { deepestGap, stabilityGaps } from '../metrics/index.ts';
import type { Gap } from '../metrics/index.ts';
import type { Run } from '../logs/index.ts';
import { counted, inWords } from './format.ts';
import type { Group, Series } from '../analysis/index.ts';

/** A stability gap and where it was seen. */
export interface SeenGap {
  readonly series: Series;
  readonly run: Run;
  readonly gap: Gap;
}

/** What every switch did to every task learnt before it, in every complete run of a group. */
export function gapsOf(group: Group): SeenGap[] {
  return group.series.flatMap((series) =>
    series.runs.flatMap((run) => stabilityGaps(run.accuracy).map((gap) => ({ series, run, gap }))),
  );
}

/** The gap of the greatest depth, the first of equals; null if nothing fell. */
export function deepest(gaps: readonly SeenGap[]): SeenGap | null {
  const found = deepestGap(gaps.map(({ gap }) => gap));
  return gaps.find(({ gap }) => gap === found) ?? null;
}

/** The deepest gap that was made good before the next switch, or null. */
export function deepestRecovered(gaps: readonly SeenGap[]): SeenGap | null {
  return deepest(gaps.filter(({ gap }) => gap.recoveryStep !== null));
}

/** The gaps on the same task at the same switch as the given one, of whichever run. */
export function sameSwitch(gaps: readonly SeenGap[], { taskIndex, switchIndex }: Gap): SeenGap[] {
  return gaps.filter(({ gap }) => gap.taskIndex === taskIndex && gap.switchIndex === switchIndex);
}

/** Updates from the switch to the first evaluation at which nine tenths of the fall are over: how abrupt it was. */
export function fallTime({ run, gap }: SeenGap): number {
  const { steps, trainingTask, values } = run.accuracy;
  const level = gap.reference - 0.9 * gap.depth;
  const row = values[gap.taskIndex].findIndex((value, r) => trainingTask[r] === gap.switchIndex && value <= level);
  return steps[row] - gap.switchStep;
}

/** `fell from 0.98 to 0.41 on task 0/1 within 12 updates of the switch to 2/3, and was back 85 updates after it`. */
export function gapWords(seen: SeenGap): string {
  const { gap } = seen;
  const toMinimum = gap.minimumStep - gap.switchStep;
  // On a flat floor the very lowest evaluation is a matter of noise, and comes long after the fall.
  const abrupt = fallTime(seen) < toMinimum / 2 ? ` (nine tenths of it within ${fallTime(seen)})` : '';
  const fall = `fell from ${inWords(gap.reference)} to ${inWords(gap.minimum)} on task ${gap.task}`;
  const within = `within ${counted(toMinimum, 'update')} of the switch to ${gap.switchTask}${abrupt}`;
  return `${fall} ${within}, and ${recoveryWords(seen)}`;
}

/** The accuracy on the gap's task at the end of training on the new one. */
export function endLevel({ run, gap }: SeenGap): number {
  const { trainingTask, values } = run.accuracy;
  return values[gap.taskIndex].findLast((value, r) => trainingTask[r] === gap.switchIndex && !Number.isNaN(value))!;
}

function recoveryWords(seen: SeenGap): string {
  const { recoveryTime, switchTask } = seen.gap;
  if (recoveryTime !== null) return `was back ${counted(recoveryTime, 'update')} after it`;
  return `was not back when training on ${switchTask} ended (${inWords(endLevel(seen))})`;
}

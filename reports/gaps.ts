import { stabilityGaps } from '../metrics/index.ts';
import type { Gap } from '../metrics/index.ts';
import type { Run } from '../logs/index.ts';
import { counted, inWords } from './format.ts';
import type { Group, Series } from './groups.ts';

/** A stability gap and where it was seen. */
export interface SeenGap {
  readonly series: Series;
  readonly run: Run;
  readonly gap: Gap;
}

/** The gaps of every complete run of a group, at every switch, on every task learnt before it. */
export function gapsOf(group: Group): SeenGap[] {
  return group.series.flatMap((series) =>
    series.runs.flatMap((run) => stabilityGaps(run.accuracy).map((gap) => ({ series, run, gap }))),
  );
}

/** The gap of greatest depth; the first of equals; null if there is none. */
export function deepest(gaps: readonly SeenGap[]): SeenGap | null {
  return gaps.reduce<SeenGap | null>((best, seen) => (best && best.gap.depth >= seen.gap.depth ? best : seen), null);
}

/** The gaps on the same task at the same switch as the given one, of whichever run. */
export function sameSwitch(gaps: readonly SeenGap[], { taskIndex, switchIndex }: Gap): SeenGap[] {
  return gaps.filter(({ gap }) => gap.taskIndex === taskIndex && gap.switchIndex === switchIndex);
}

/** `fell from 0.98 to 0.41 on task 0/1 within 12 updates of the switch to 2/3, and was back 85 updates after it`. */
export function gapWords(gap: Gap): string {
  const fall = `fell from ${inWords(gap.reference)} to ${inWords(gap.minimum)} on task ${gap.task}`;
  const within = `within ${counted(gap.minimumStep - gap.switchStep, 'update')} of the switch to ${gap.switchTask}`;
  return `${fall} ${within}, and ${recoveryWords(gap)}`;
}

function recoveryWords({ recoveryStep, switchStep }: Gap): string {
  if (recoveryStep === null) return 'was not back before the next switch';
  return `was back ${counted(recoveryStep - switchStep, 'update')} after it`;
}

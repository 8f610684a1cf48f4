import type { Score } from './evaluate.ts';

/**
 * The constants of the adaptive rule. Chosen on the demo's curves: 8 methods, 3 seeds, 231 updates a task, evaluated after every one.
 * What it costs, and how far the metrics are off there and elsewhere: docs/performance.md.
 */
export const adaptiveRule = {
  /** The first updates of a task, each followed by an evaluation. */
  dense: 20,
  /** Most updates from one evaluation to the next. */
  longest: 24,
  /** Share of the subset that is scored after every update: the probe. */
  probe: 1 / 20,
  /** Share of a task's updates that evaluations follow at most, the dense ones among them, if the task is long. */
  share: 0.15,
  /** Evaluations that can be saved up; a task begins with as many. */
  savings: 10,
  /** What must have been saved up for a rise to be evaluated; for a fall it is 1. */
  savingsForRise: 9,
  /** A task that has been at this accuracy or below is lost, and watched no longer. */
  lost: 0.01,
} as const;

const { dense, longest, probe: probeShare, share, savings, savingsForRise, lost } = adaptiveRule;

/** The rule in words, for the record. */
export const adaptiveConventions: readonly string[] = [
  `adaptive: evaluated before the first update of every task, after each of its first ${dense} updates and after its last; in between after ${longest} updates without an evaluation, and where an earlier task falls or rises`,
  `a probe tells: 1/${1 / probeShare} of the smallest subset of samples of each earlier task, drawn once per run by a generator of its own and scored after every update; fewer right answers are worse, or as many with a higher loss`,
  `fall: the probe is worse than at any evaluation since the switch; rise: it is better than at any evaluation since the task's lowest accuracy, and the task has not been back at its accuracy of before the switch; a task that was at ${lost} or below is not watched`,
  `evaluations between the first ${dense} and the last have to be earned: a task begins with ${savings} and earns more with every update, ${100 * share} % of its updates in all or 1 in ${longest}, whichever is more; up to ${savings} are saved up, and a rise needs ${savingsForRise}`,
];

/** What is known of an earlier task since the switch. */
interface Watched {
  /** Its accuracy before the first update on the new task. */
  readonly reference: number;
  /** Its lowest accuracy since the switch, and its highest since then. */
  readonly lowest: number;
  readonly highest: number;
  /** The probe at its worst of the evaluations since the switch, and at its best of those since the lowest accuracy. */
  readonly worst: Score;
  readonly best: Score;
}

/** Where the rule stands within a task. Plain data: part of a checkpoint. */
export interface AdaptiveState {
  /** The task's update that the last evaluation followed. */
  readonly last: number;
  /** Evaluations saved up. */
  readonly saved: number;
  /** The earlier tasks. */
  readonly watched: readonly Watched[];
}

/** After a task's `update`-th update of `updates`, with the probe's scores on the earlier tasks. */
export interface Moment {
  readonly update: number;
  readonly updates: number;
  readonly probe: readonly Score[];
}

/** Rows of the probe for each task. */
export function probeSize(subsetSizes: readonly number[]): number {
  return Math.ceil(probeShare * Math.min(...subsetSizes));
}

/** A task begins. @param earlier scores of the tasks before it, on their whole subsets, before its first update */
export function beginTask(earlier: readonly Score[]): AdaptiveState {
  // Nothing is better than the one, nothing worse than the other.
  const worst = { accuracy: Infinity, loss: -Infinity };
  const best = { accuracy: -Infinity, loss: Infinity };
  const watched = earlier.map(({ accuracy }) => ({
    reference: accuracy,
    lowest: Infinity,
    highest: -Infinity,
    worst,
    best,
  }));
  return { last: 0, saved: savings, watched };
}

/** Whether an evaluation follows an update. The rule is {@link adaptiveConventions}. */
export function isDue(state: AdaptiveState, { update, updates, probe }: Moment): boolean {
  if (update <= dense || update === updates || update - state.last >= longest) return true;
  const any = (moved: (watched: Watched, score: Score) => boolean): boolean =>
    state.watched.some((watched, task) => watched.lowest > lost && moved(watched, probe[task]));
  const saved = savedAt(state, updates);
  return (saved >= 1 && any(hasFallen)) || (saved >= savingsForRise && any(hasRisen));
}

/** The state after an update; `scores` are those of the evaluation that followed it, on the whole subsets, or null where none did. */
export function afterUpdate(
  state: AdaptiveState,
  { update, updates, probe }: Moment,
  scores: readonly Score[] | null,
): AdaptiveState {
  const free = update <= dense;
  const saved = free ? state.saved : savedAt(state, updates);
  if (!scores) return { ...state, saved };
  return {
    last: update,
    saved: free ? saved : Math.max(0, saved - 1),
    watched: state.watched.map((watched, task) => seen(watched, probe[task], scores[task].accuracy)),
  };
}

/** What has been saved up once an update has earned its part: what the start leaves of the task's share, spread evenly over the rest. */
function savedAt({ saved }: AdaptiveState, updates: number): number {
  const earned = Math.max(1 / longest, (share * updates - dense - savings) / (updates - dense));
  return Math.min(savings, saved + earned);
}

function seen(watched: Watched, probe: Score, accuracy: number): Watched {
  const { reference, lowest, highest, worst, best } = watched;
  const isLowest = accuracy < lowest;
  return {
    reference,
    lowest: Math.min(lowest, accuracy),
    highest: isLowest ? accuracy : Math.max(highest, accuracy),
    worst: isWorse(probe, worst) ? probe : worst,
    best: isLowest || isWorse(best, probe) ? probe : best,
  };
}

const hasFallen = ({ worst }: Watched, probe: Score): boolean => isWorse(probe, worst);

const hasRisen = ({ reference, highest, best }: Watched, probe: Score): boolean =>
  highest < reference && isWorse(best, probe);

/** Fewer right answers, or as many and a higher loss. */
function isWorse(a: Score, b: Score): boolean {
  return a.accuracy < b.accuracy || (a.accuracy === b.accuracy && a.loss > b.loss);
}

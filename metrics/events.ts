import type { EvaluationLog } from '../logs/index.ts';
import { fallOf } from './events/course.ts';
import {
  passagesAtSteps,
  passagesAtSwitches,
  passagesFromPeaks,
  type PairedError,
  type Passage,
} from './events/courses.ts';
import type { Event, EventKind } from './events/event.ts';
import { adjust, adjustByTask, chanceOf, type Chance } from './events/judge.ts';
import { expectedMaximum } from './events/simultaneous.ts';
import { createTails } from './events/tails.ts';
import { signOf } from './segments.ts';
import { expectedLargest } from './stats/expected-largest.ts';

export interface EventOptions {
  /** Chance that a log on which nothing changed has any event that is not noise. */
  readonly alpha?: number;
  /** The error of the difference between two evaluations of a task where their items can be paired. */
  readonly pairedError?: PairedError;
  /**
   * Steps after which something changed though the log names no task, such as the ends of rounds of self-improvement. Evaluations at such a step are from
   * before. At each every task is judged against its last value up to there, until the next; what the log says of training is not looked at then.
   */
  readonly switches?: readonly number[];
}

/**
 * What happened to tasks that were learnt before: an event for each of them at each switch to another task (or of each task at each of the `switches` given), or,
 * in a log that does not say what was trained, for each fall from the best value so far. Each is judged against the noise of its values: docs/events.md.
 *
 * A fall is tested by its deepest evaluation with Dunnett's many-to-one test, which allows for the number of evaluations; after a peak by the
 * studentised range, which allows for the choice of the peak as well; where items are paired by Šidák's bound. A rise is tested by the last evaluation. All
 * p-values of a log are adjusted by Holm together; after peaks those of its tasks. A fall with p ≤ α came back (stability gap) if after the minimum an evaluation
 * lies within the upper α quantile of its own error below the reference, and the last one does, too; else it is forgetting. Where the noise is not known there
 * are no p-values: any fall counts, and any rise.
 *
 * After a peak there is no backward transfer: in a log without switches a rise is learning.
 *
 * Worst first: forgetting, gaps, backward transfer, noise, each by depth.
 *
 * @throws {RangeError} unless 0 < α < 1, and for a switch that is not finite
 * @example 1,000 items a task: .90 before the switch, then .60, .75 and .89: a stability gap of depth .30; .90, .89, .91: noise
 */
export function detectEvents(log: EvaluationLog, { alpha = 0.05, pairedError, switches }: EventOptions = {}): Event[] {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`α must lie between 0 and 1, and is ${alpha}`);
  const wrong = switches?.find((step) => !Number.isFinite(step));
  if (wrong !== undefined) throw new RangeError(`a switch must be a step, a finite number, and is ${wrong}`);
  const named = switches !== undefined || log.trainingTask.some((task) => task >= 0);
  const passages = switches
    ? passagesAtSteps(log, switches, pairedError)
    : named
      ? passagesAtSwitches(log, pairedError)
      : passagesFromPeaks(log, pairedError);
  const tails = createTails();
  const chances = passages.map((passage) => chanceOf(passage, alpha, tails));
  const falls = chances.map(({ fall }) => fall);
  const rises = chances.map(({ rise }) => (named ? rise : null));
  const adjusted = named ? adjust([...falls, ...rises]) : adjustByTask(passages, falls);
  const depths = chanceDepths();
  const events = passages.map((passage, i) => {
    const p = { fall: adjusted[i], rise: adjusted[passages.length + i] ?? null };
    return eventOf(log, passage, { chance: chances[i], ...p, rises: named, alpha, chanceDepth: depths(passage) });
  });
  return events.toSorted((a, b) => severity[a.kind] - severity[b.kind] || b.depth - a.depth);
}

const severity: Record<EventKind, number> = { forgetting: 0, stability_gap: 1, backward_transfer: 2, noise: 3 };

interface Judged {
  readonly chance: Chance;
  /** Adjusted p-values. */
  readonly fall: number | null;
  readonly rise: number | null;
  /** Whether a rise means anything. */
  readonly rises: boolean;
  readonly alpha: number;
  /** In standard errors of a difference. */
  readonly chanceDepth: number;
}

function eventOf(log: EvaluationLog, passage: Passage, judged: Judged): Event {
  const { task, next, reference, values, steps } = passage;
  const { chance, fall: p, rise, rises, alpha, chanceDepth } = judged;
  const fall = fallOf(passage, chance.marginAt);
  const depth = reference - values[fall.minimum];
  const end = values.at(-1)!;
  const error = chance.errorAt(fall.minimum);
  const fell = p === null ? depth > 0 : p <= alpha;
  const back = fall.recovery !== null && reference - end <= chance.marginAt(values.length - 1);
  const rose = rises && (rise === null ? end > reference : rise <= alpha);
  const kind: EventKind = fell ? (back ? 'stability_gap' : 'forgetting') : rose ? 'backward_transfer' : 'noise';
  const sign = signOf(log);
  return {
    task: log.tasks[task],
    taskIndex: task,
    switchTask: next === null ? null : log.tasks[next],
    switchStep: passage.referenceStep,
    kind,
    reference: sign * reference,
    onsetStep: fell && fall.onset !== null ? steps[fall.onset] : null,
    minimum: sign * values[fall.minimum],
    minimumStep: steps[fall.minimum],
    recoveryStep: kind === 'stability_gap' ? steps[fall.recovery!] : null,
    end: sign * end,
    depth,
    relativeDepth: reference === 0 ? null : depth / Math.abs(reference),
    chanceDepth: error === null ? null : error * chanceDepth,
    area: fall.area,
    z: error === null ? null : depth / error,
    p: kind === 'backward_transfer' ? rise : p,
    noise: chance.source,
  };
}

/** How deep chance alone would let a passage fall, in standard errors of a difference; from a peak as far as the largest and smallest of all values lie apart. */
function chanceDepths(): (passage: Passage) => number {
  const known = new Map<number, number>();
  return ({ values, choices }) => {
    const key = choices > 1 ? -choices : values.length;
    const depth =
      known.get(key) ?? (choices > 1 ? Math.SQRT2 * expectedLargest(choices) : expectedMaximum(values.length));
    known.set(key, depth);
    return depth;
  };
}

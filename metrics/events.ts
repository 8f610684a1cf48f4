import type { EvaluationLog } from '../logs/index.ts';
import { fallOf } from './events/course.ts';
import { passagesAtSwitches, passagesFromPeaks, type PairedError, type Passage } from './events/courses.ts';
import type { Event, EventKind } from './events/event.ts';
import { dunnettTail, expectedMaximum } from './events/simultaneous.ts';
import { signOf } from './segments.ts';
import { normalQuantile, normalTail } from './stats/distributions/normal.ts';
import { studentizedRangeTail } from './stats/distributions/studentized-range.ts';
import { holm } from './stats/holm.ts';

export interface EventOptions {
  /** Chance that a log on which nothing changed has any event that is not noise. */
  readonly alpha?: number;
  /** The error of the difference between two evaluations of a task where their items can be paired. */
  readonly pairedError?: PairedError;
}

/**
 * What happened to tasks that were learnt before: an event for each of them at each switch to another task, or, in a log that does not say what
 * was trained, for each fall from the best value so far. Each is judged against the noise of its values.
 *
 * A fall is tested by its deepest evaluation with Dunnett's many-to-one test, which allows for the number of evaluations; after a peak by the
 * studentised range, which allows for the choice of the peak as well; where items are paired by Šidák's bound. A rise is tested by the last evaluation. All
 * p-values of a log are adjusted by Holm together; after peaks those of its tasks. A fall with p ≤ α came back (stability gap) if after the minimum an evaluation lies within the
 * upper α quantile of its own error below the reference, and the last one does, too; else it is forgetting. Where the noise is not known there
 * are no p-values: any fall counts, and any rise.
 *
 * After a peak there is no backward transfer: in a log without switches a rise is learning.
 *
 * Worst first: forgetting, gaps, backward transfer, noise, each by depth.
 *
 * @throws {RangeError} unless 0 < α < 1
 * @example 1,000 items a task: .90 before the switch, then .60, .75 and .89: a stability gap of depth .30; .90, .89, .91: noise
 */
export function detectEvents(log: EvaluationLog, { alpha = 0.05, pairedError }: EventOptions = {}): Event[] {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`α must lie between 0 and 1, and is ${alpha}`);
  const named = log.trainingTask.some((task) => task >= 0);
  const passages = named ? passagesAtSwitches(log, pairedError) : passagesFromPeaks(log, pairedError);
  const falls = passages.map(fallP);
  const rises = passages.map((passage) => (named ? riseP(passage) : null));
  const adjusted = named ? adjust([...falls, ...rises]) : adjustByTask(passages, falls);
  const events = passages.map((passage, i) =>
    eventOf(log, passage, { fall: adjusted[i], rise: adjusted[passages.length + i] ?? null, rises: named, alpha }),
  );
  return events.toSorted((a, b) => severity[a.kind] - severity[b.kind] || b.depth - a.depth);
}

const severity: Record<EventKind, number> = { forgetting: 0, stability_gap: 1, backward_transfer: 2, noise: 3 };

interface Judged {
  readonly fall: number | null;
  readonly rise: number | null;
  /** Whether a rise means anything. */
  readonly rises: boolean;
  readonly alpha: number;
}

function eventOf(log: EvaluationLog, passage: Passage, { fall: p, rise, rises, alpha }: Judged): Event {
  const { task, next, reference, values, steps, errors } = passage;
  const tolerance = -normalQuantile(alpha);
  const fall = fallOf(passage, tolerance);
  const depth = reference - values[fall.minimum];
  const end = values.at(-1)!;
  const error = errors[fall.minimum];
  const fell = p === null ? depth > 0 : p <= alpha;
  const back = fall.recovery !== null && reference - end <= tolerance * (errors.at(-1) ?? 0);
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
    chanceDepth: error === null ? null : error * expectedMaximum(values.length),
    area: fall.area,
    z: error === null ? null : depth / error,
    p: kind === 'backward_transfer' ? rise : p,
    noise: passage.noise,
  };
}

/** The p-value of the deepest fall; null where the noise is not known. */
function fallP({ reference, values, errors, lambdas, choices }: Passage): number | null {
  if (errors.some((error) => error === null)) return null;
  const largest = Math.max(...values.map((value, i) => (reference - value) / errors[i]!));
  if (choices > 1) return studentizedRangeTail(Math.max(0, largest) * Math.SQRT2, choices);
  if (lambdas) return dunnettTail(largest, lambdas);
  return -Math.expm1(values.length * Math.log1p(-normalTail(largest)));
}

/** The p-value of the last evaluation as a rise; null where the noise is not known. */
function riseP({ reference, values, errors }: Passage): number | null {
  const error = errors.at(-1)!;
  return error === null ? null : normalTail((values.at(-1)! - reference) / error);
}

/**
 * Falls from peaks: the studentised range allows for all falls of one task already, so that each counts among the deepest falls of the other tasks.
 */
function adjustByTask(passages: readonly Passage[], p: readonly (number | null)[]): (number | null)[] {
  const smallest = new Map<number, number>();
  passages.forEach(({ task }, i) => {
    const own = p[i];
    if (own !== null) smallest.set(task, Math.min(own, smallest.get(task) ?? 1));
  });
  return p.map((own, i) => {
    if (own === null) return null;
    const others = [...smallest].flatMap(([task, value]) => (task === passages[i].task ? [] : [value]));
    return holm([own, ...others])[0];
  });
}

/** Holm's adjustment of those p-values that there are. */
function adjust(p: readonly (number | null)[]): (number | null)[] {
  const adjusted = holm(p.filter((value) => value !== null));
  let next = 0;
  return p.map((value) => (value === null ? null : adjusted[next++]));
}

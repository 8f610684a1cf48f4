import type { EvaluationLog } from '../logs/index.ts';
import { lastValue, segmentsOf, signOf, type Segment } from './segments.ts';

/** What one switch to a new task did to one task learnt before it. A stability gap, if `depth` is above 0. */
export interface Gap {
  /** The earlier task, by name and by index into the log's tasks. */
  readonly task: string;
  readonly taskIndex: number;
  /** The task whose training starts, by name and by index into the log's tasks. */
  readonly switchTask: string;
  readonly switchIndex: number;
  /** Updates made before the first one on the new task. */
  readonly switchStep: number;
  /** The earlier task's value at the evaluation before that update (the second of the two at the switch). */
  readonly reference: number;
  /** Its worst value after at least one update on the new task and before the next switch, and the first step that has it. */
  readonly minimum: number;
  readonly minimumStep: number;
  /** reference − minimum, in units of the log; 0 or below: it never fell, and there is no gap. */
  readonly depth: number;
  /** depth / |reference|; null if the reference is 0. */
  readonly relativeDepth: number | null;
  /** The first evaluation after the minimum that is at least as good as the reference; null if there is none, or no gap. */
  readonly recoveryStep: number | null;
  /** recoveryStep − switchStep: updates from the switch, not from the minimum; null with it. */
  readonly recoveryTime: number | null;
  /** Whether there is a gap that was still open at the next switch, or at the end of the log. */
  readonly censored: boolean;
  /** ∫ max(0, reference − A) dn over the updates on the new task, by trapezoids between the evaluations; units of the log × updates. */
  readonly area: number;
}

/**
 * What every switch did to every task learnt before it: for each start of training on a task, and each _other_ task trained before it, how
 * deep the earlier task fell, when it was back, and the area of the gap.
 *
 *     depth = reference − minimum          relative depth = depth / reference
 *     area  = ∫ max(0, reference − A) dn   over the updates on the new task
 *
 * The reference is the evaluation before the first update on the new task, the second of the two at the switch; where a log has only the one
 * at the end of the task before, that; or the earlier task's last evaluation before it. The minimum, recovery and area consider the evaluations
 * after at least one update and before the next switch, or the end of the log. The area is that of the trapezoids between the evaluations,
 * from no gap at the switch on. Unlike in min-ACC, the minimum starts afresh at each switch, and so does the reference: what an earlier switch
 * cost for good is not counted again. Accuracies on n samples move in steps of 1/n, so a depth of a few 1/n is noise, and a recovery time
 * counts from the first evaluation that touches the reference again.
 *
 * Switches come in the order of training, and at each switch the earlier tasks in the order in which they were first trained. A pair
 * without an evaluation on both sides of the first update is left out. Empty for a log with one training task, or that does not say what
 * was trained. Where lower values are better (loss), the minimum is the largest value and the differences change sign.
 *
 * Unit: that of the log for depths, × updates for areas, updates for recovery times; lower is better.
 *
 * Source: depth as in Łapacz et al. 2025 (arXiv:2411.04723), there per epoch. No formula for recovery or area is established: own definition.
 *
 * @example
 * step  trained  a    b
 *   10  a        .9   –
 *   11  b        .5   .5
 *   12  b        .7   .6
 *   13  b        .9   .7
 *   14  b        .8   .8
 * const [gap] = stabilityGaps(log);
 * [gap.depth, gap.relativeDepth, gap.recoveryTime] // [.9 - .5, .4 / .9, 13 - 10]
 * gap.area // (0 + .4) / 2 + (.4 + .2) / 2 + (.2 + 0) / 2 + (0 + .1) / 2 = .65
 */
export function stabilityGaps(log: EvaluationLog): Gap[] {
  const trained = new Set<number>();
  return segmentsOf(log).flatMap((segment) => {
    if (segment.task === -1) return [];
    const earlier = [...trained].filter((task) => task !== segment.task);
    trained.add(segment.task);
    return earlier.flatMap((task) => gapAt(log, task, segment) ?? []);
  });
}

/**
 * The gap of the greatest depth, the first of equals; null if nothing fell, that is, if no depth is above 0.
 *
 * Source: own definition.
 *
 * @example
 * step  trained  a    b
 *    1  a        .9   –
 *    2  b        .5   .8
 *    3  a        .9   .2
 * deepestGap(stabilityGaps(log)).task // 'b'
 */
export function deepestGap(gaps: readonly Gap[]): Gap | null {
  return gaps.reduce<Gap | null>((deepest, gap) => (gap.depth > (deepest?.depth ?? 0) ? gap : deepest), null);
}

function gapAt(log: EvaluationLog, task: number, { task: next, start, end }: Segment): Gap | null {
  const { tasks, steps } = log;
  const values = log.values[task];
  const before = steps[start] === steps[start - 1] ? start : start - 1;
  const switchStep = steps[before];
  const reference = lastValue(values, before);
  if (reference === null) return null;
  const course = courseOf(log, task, { reference, switchStep, start, end });
  if (course === null) return null;

  const depth = signOf(log) * (reference - course.minimum);
  const recoveryStep = depth > 0 ? course.recoveryStep : null;
  return {
    task: tasks[task],
    taskIndex: task,
    switchTask: tasks[next],
    switchIndex: next,
    switchStep,
    reference,
    minimum: course.minimum,
    minimumStep: course.minimumStep,
    depth,
    relativeDepth: reference === 0 ? null : depth / Math.abs(reference),
    recoveryStep,
    recoveryTime: recoveryStep === null ? null : recoveryStep - switchStep,
    censored: depth > 0 && recoveryStep === null,
    area: course.area,
  };
}

interface Course {
  readonly minimum: number;
  readonly minimumStep: number;
  readonly recoveryStep: number | null;
  readonly area: number;
}

interface Stretch {
  readonly reference: number;
  readonly switchStep: number;
  readonly start: number;
  readonly end: number;
}

/** What became of a task after a switch; null if it was not evaluated. */
function courseOf(log: EvaluationLog, task: number, { reference, switchStep, start, end }: Stretch): Course | null {
  const { steps } = log;
  const values = log.values[task];
  const sign = signOf(log);
  let lowest: number | null = null;
  let recovery: number | null = null;
  let area = 0;
  let [previousStep, previousDrop] = [switchStep, 0];
  for (let row = start; row < end; row++) {
    if (Number.isNaN(values[row]) || steps[row] === switchStep) continue;
    const drop = Math.max(0, sign * (reference - values[row]));
    area += ((steps[row] - previousStep) * (previousDrop + drop)) / 2;
    [previousStep, previousDrop] = [steps[row], drop];
    if (lowest === null || sign * values[row] < sign * values[lowest]) [lowest, recovery] = [row, null];
    else if (recovery === null && drop === 0) recovery = row;
  }
  if (lowest === null) return null;
  const recoveryStep = recovery === null ? null : steps[recovery];
  return { minimum: values[lowest], minimumStep: steps[lowest], recoveryStep, area };
}

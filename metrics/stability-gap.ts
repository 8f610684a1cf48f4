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
  /** The earlier task's value before the first update on the new task. */
  readonly reference: number;
  /** The worst value while the new task is trained, and the first step that has it. */
  readonly minimum: number;
  readonly minimumStep: number;
  /** reference - minimum, in units of the log; 0 or below if the value never fell. */
  readonly depth: number;
  /** depth / |reference|; null if the reference is 0. */
  readonly relativeDepth: number | null;
  /** The step of the first evaluation after the minimum that is as good as the reference; null if there is none or no gap. */
  readonly recoveryStep: number | null;
  /** Updates from the switch to the recovery; null if there is none or no gap. */
  readonly recoveryTime: number | null;
  /** Whether there is a gap that was still open at the end of training on the new task. */
  readonly censored: boolean;
  /** ∫ max(0, reference - A) over the updates on the new task, in units of the log x updates. */
  readonly area: number;
}

/**
 * The stability gap of every task at every later switch: for each start of training on a task, and each other task trained
 * before it, how deep the earlier task fell, when it was back, and the area of the gap.
 *
 * The reference is the evaluation before the first update on the new task (the first of its rows, if it has the step of the row
 * before; else that row), or the earlier task's last evaluation before it. The minimum, recovery and area consider the evaluations
 * after at least one update and before the next switch, or the end of the log. The area is that of the trapezoids between the
 * evaluations, from no gap at the switch on. Where lower values are better (loss), the minimum is the largest value and the
 * differences change sign.
 *
 * Switches come in the order of training, and at each switch the earlier tasks in the order in which they were first trained.
 * A pair is left out if the earlier task was not evaluated both before and after the first update. Empty for a log with one
 * training task, or that does not say what was trained.
 *
 * Source: depth as in Łapacz et al. 2025 and De Lange et al. 2023 (arXiv:2205.13452); recovery and area are defined here.
 *
 * @example Before the switch, at step 10, task a has .9; then .5 at step 11, .7 at 12, .9 at 13, .8 at 14: depth .4 at step 11,
 * relative depth .44, recovery at step 13 after 3 updates, area (0+.4)/2 + (.4+.2)/2 + (.2+0)/2 + (0+.1)/2 = .65
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

/** The gap of the greatest depth, the first of equals; null if no depth is above 0. */
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

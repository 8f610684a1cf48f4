import type { EvaluationLog } from '../logs/index.ts';
import { scoreOfTerms, type MatrixScore } from './matrix-score.ts';
import { difference } from './mean.ts';
import { lastValue, segmentsOf, signOf } from './segments.ts';

/** What Łapacz et al. measure at one switch, each the mean over the tasks trained before. */
export interface SwitchScores {
  /** The task whose training starts, by name and by index into the log's tasks. */
  readonly switchTask: string;
  readonly switchIndex: number;
  /** Updates made before the first one on the new task. */
  readonly switchStep: number;
  /** SG: accuracy before the switch − minimum while the new task is trained. */
  readonly gap: MatrixScore;
  /** SG over the accuracy before; null where one is 0. */
  readonly relativeGap: MatrixScore;
  /** REC: accuracy at the end of training on the new task − that minimum. */
  readonly recovery: MatrixScore;
  /** REC over the accuracy before, and so never above `relativeGap` unless a task gained; null where one is 0. */
  readonly relativeRecovery: MatrixScore;
}

/**
 * Stability gap (SG) and recovery (REC) of Łapacz et al., for each switch to a task, over the tasks i trained before it.
 *
 *     SG  = mean_i (before_i − min_i)     relative: mean_i (before_i − min_i) / before_i
 *     REC = mean_i (end_i − min_i)        relative: mean_i (end_i − min_i) / before_i
 *
 * where before_i is the last evaluation of task i until training on the new task began, min_i its lowest and end_i its last one while that
 * is trained, after one update at least. The minimum starts afresh with every task. SG − REC = mean_i (before_i − end_i) is what the switch
 * has cost for good; a large REC says that much came back, which only what fell before can: read it beside SG.
 *
 * Unlike `stabilityGaps`, which compares with the model that the first update finds, `before` is the _earlier_ of two evaluations at a switch,
 * so that what a method does to its model between two tasks is part of the gap. Unlike `meanGapDepth`, no mean is taken over switches, and a
 * task that was not evaluated makes its switch null instead of being left out. The authors evaluate once an epoch; with an evaluation after
 * every update minima are lower, and SG and REC larger.
 *
 * Null where an earlier task was not evaluated on both sides, relative ones also where its `before` is 0. Empty with one task, and in a log
 * that does not say what was trained. Where lower values are better (loss), the minimum is the largest value, differences change sign, and
 * the relative forms divide by |before|.
 *
 * Unit: that of the log, for accuracy SG in [−1, 1], lower is better, relative SG at most 1, and REC in [0, 1].
 *
 * Source: Łapacz et al. 2025, WACV (arXiv:2411.04723), as in their code (WojciechL02/stability-gap-nmc, commit 3c37d5f,
 * `src/approach/incremental_learning.py`).
 *
 * @returns one entry a switch; `cells` counts evaluations
 * @example
 * step  trained  a    b
 *   10  a        .8   –
 *   11  b        .4   .5
 *   12  b        .2   .8
 *   13  b        .6   .9
 * const [{ gap, relativeGap, recovery, relativeRecovery }] = lapaczScores(log);
 * [gap.value, relativeGap.value] // [.8 - .2, .6 / .8] = [.6, .75]
 * [recovery.value, relativeRecovery.value] // [.6 - .2, .4 / .8] = [.4, .5]
 */
export function lapaczScores(log: EvaluationLog): SwitchScores[] {
  const sign = signOf(log);
  const trained = new Set<number>();
  return segmentsOf(log).flatMap(({ task: next, start, end }) => {
    if (next === -1) return [];
    const earlier = [...trained].filter((task) => task !== next);
    trained.add(next);
    if (earlier.length === 0) return [];
    const marks = earlier.map((task) => marksOf(log, task, start, end));
    const mean = (term: (mark: Marks) => number | null, evaluations: number): MatrixScore =>
      scoreOfTerms(marks.map(term), marks.length, evaluations * marks.length);
    const fall = ({ before, minimum }: Marks): number | null => scaled(difference(before, minimum), sign);
    const rise = ({ minimum, last }: Marks): number | null => scaled(difference(last, minimum), sign);
    return [
      {
        switchTask: log.tasks[next],
        switchIndex: next,
        switchStep: log.steps[Math.max(0, start - 1)],
        gap: mean(fall, 2),
        relativeGap: mean((mark) => share(fall(mark), mark.before), 2),
        recovery: mean(rise, 2),
        relativeRecovery: mean((mark) => share(rise(mark), mark.before), 3),
      },
    ];
  });
}

/** What is read off the curve of one task at one switch; null where it was not evaluated. */
interface Marks {
  readonly before: number | null;
  readonly minimum: number | null;
  readonly last: number | null;
}

function marksOf(log: EvaluationLog, task: number, start: number, end: number): Marks {
  const values = log.values[task];
  const sign = signOf(log);
  let minimum: number | null = null;
  let last: number | null = null;
  for (let row = start; row < end; row++) {
    if (Number.isNaN(values[row]) || log.steps[row] === log.steps[start - 1]) continue;
    last = values[row];
    if (minimum === null || sign * last < sign * minimum) minimum = last;
  }
  return { before: lastValue(values, start - 1), minimum, last };
}

function scaled(value: number | null, sign: 1 | -1): number | null {
  return value === null ? null : sign * value;
}

/** A part of the size of `whole`; null where it has none. */
function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / Math.abs(whole);
}

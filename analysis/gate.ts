import { UserError } from '../base/index.ts';
import type { EvaluationLog } from '../logs/index.ts';
import type { Analysed, AnalysisEvent } from './analysis.ts';

/** What a run may not exceed, in the unit of its values. At least one is given. */
export interface Limits {
  /** Greatest depth of a fall, whether it came back or not. */
  readonly maxGap?: number;
  /** Greatest loss that is left at the next switch, or at the end. */
  readonly maxForgetting?: number;
  /** Lowest value of a task once it was learnt. */
  readonly minAcc?: number;
}

/** One limit that one task broke. */
export interface Violation {
  readonly run: string;
  readonly limit: 'max-gap' | 'max-forgetting' | 'min-acc';
  readonly task: string;
  readonly step: number;
  /** What was measured: a depth, a loss or a value. */
  readonly value: number;
  readonly allowed: number;
  readonly p_value: number | null;
}

/** The verdict of a gate. */
export interface Verdict {
  readonly passed: boolean;
  /** Worst first. */
  readonly violations: readonly Violation[];
  /** Falls deeper than allowed that chance explains: not counted, and said, since too few items may be the reason. */
  readonly noise: readonly Violation[];
}

/**
 * Whether runs stay within limits. A fall counts where it is more than noise at the run's α (or where nothing tells the noise): `max-gap` by its depth, at the
 * minimum; `max-forgetting`, for falls that did not come back, by what is left of it at the end. `min-acc` counts every evaluation of a task from the end of
 * its own training on; in a log that does not say what was trained, from where the task first reached the limit on; a task that never did breaks it.
 *
 * @throws {UserError} without a limit, for one that is negative or cannot be meant in the unit of the values, where lower values are better and `min-acc` is given, and for a
 * run with a single evaluation, which no fall could show in
 */
export function judge(runs: readonly Analysed[], limits: Limits): Verdict {
  if (Object.values(limits).every((limit) => limit === undefined))
    throw new UserError('no limit to check; give --max-gap, --max-forgetting or --min-acc');
  const found = runs.map((run) => judgeRun(run, limits));
  const violations = found.flatMap((each) => each.violations);
  return { passed: violations.length === 0, violations, noise: found.flatMap((each) => each.noise) };
}

function judgeRun({ analysis, log }: Analysed, limits: Limits): Omit<Verdict, 'passed'> {
  checkLimits(analysis.path, log, limits);
  const { name: run, events } = analysis;
  const { maxGap = Infinity, maxForgetting = Infinity, minAcc } = limits;
  const brokenBy = (event: AnalysisEvent): Violation[] => {
    const { task, p_value, kind, depth, minimum_step } = event;
    const left = loss(event, log);
    const gap: Violation = { run, limit: 'max-gap', task, step: minimum_step, value: depth, allowed: maxGap, p_value };
    const forgotten: Violation = {
      ...gap,
      limit: 'max-forgetting',
      step: lastStep(event, log),
      value: left,
      allowed: maxForgetting,
    };
    return [...(depth > maxGap ? [gap] : []), ...(kind === 'forgetting' && left > maxForgetting ? [forgotten] : [])];
  };
  const falls = events.filter(({ kind }) => kind !== 'noise').flatMap(brokenBy);
  const lows = minAcc === undefined ? [] : lowest(run, log, minAcc);
  const excess = ({ value, allowed }: Violation): number => Math.abs(value - allowed);
  return {
    violations: [...falls, ...lows].toSorted((a, b) => excess(b) - excess(a)),
    noise: events.filter(({ kind }) => kind === 'noise').flatMap(brokenBy),
  };
}

/** What is left of a fall at its end. */
function loss({ reference, end }: AnalysisEvent, { higherIsBetter }: EvaluationLog): number {
  return higherIsBetter ? reference - end : end - reference;
}

/** The step of `end`: the last evaluation with that value after the minimum. */
function lastStep({ task, end, minimum_step: from }: AnalysisEvent, { tasks, steps, values }: EvaluationLog): number {
  const own = values[tasks.indexOf(task)];
  for (let row = steps.length - 1; row >= 0 && steps[row] >= from; row--) if (own[row] === end) return steps[row];
  return from;
}

function lowest(run: string, { tasks, steps, trainingTask, values }: EvaluationLog, allowed: number): Violation[] {
  const named = trainingTask.some((task) => task >= 0);
  return tasks.flatMap((task, t) => {
    const rows = [...values[t].keys()].filter((row) => !Number.isNaN(values[t][row]));
    if (rows.length === 0) return [];
    const learnt = named ? trainingTask.lastIndexOf(t) : rows.find((row) => values[t][row] >= allowed);
    // A task that was never in training, or never good enough, has its last value to answer for.
    const from = learnt === undefined || learnt < 0 ? rows.at(-1)! : learnt;
    const counted = rows.filter((row) => row >= from);
    const worst = (counted.length > 0 ? counted : [rows.at(-1)!]).reduce((low, row) =>
      values[t][row] < values[t][low] ? row : low,
    );
    const value = values[t][worst];
    if (value >= allowed) return [];
    return [{ run, limit: 'min-acc' as const, task, step: steps[worst], value, allowed, p_value: null }];
  });
}

function checkLimits(path: string, log: EvaluationLog, { maxGap, maxForgetting, minAcc }: Limits): void {
  const given = Object.entries({ 'max-gap': maxGap, 'max-forgetting': maxForgetting, 'min-acc': minAcc });
  const shares = log.higherIsBetter && log.values.every((own) => own.every((value) => !(value > 1)));
  for (const [name, limit] of given) {
    if (limit === undefined) continue;
    if (!(limit >= 0) || limit === Infinity)
      throw new UserError(`--${name} is ${limit}; it must be a number from 0 on, in the unit of the values`);
    if (shares && limit > 1)
      throw new UserError(
        `--${name} is ${limit}, but values of ${path} lie between 0 and 1; write ${limit / 100} for ${limit} %`,
      );
  }
  if (minAcc !== undefined && !log.higherIsBetter)
    throw new UserError(
      `--min-acc is for values of which higher ones are better, and lower ones of ${log.measure} are; use --max-gap and --max-forgetting`,
    );
  const evaluations = Math.max(...log.values.map((own) => own.filter((value) => !Number.isNaN(value)).length));
  if ((maxGap ?? maxForgetting) !== undefined && evaluations < 2)
    throw new UserError(
      `${path} has one evaluation of each task: no fall can show; give a log with an earlier checkpoint`,
    );
}

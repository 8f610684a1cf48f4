import type { EvaluationLog, Run } from '../../logs/index.ts';
import type { Group, Series } from '../../analysis/index.ts';
import type { Point } from './svg.ts';

/** The updates in which one task was trained. */
export interface Interval {
  readonly task: number;
  readonly from: number;
  readonly to: number;
}

/** The accuracy of one task over the updates. */
export interface TaskCurve {
  readonly task: number;
  /** The mean over seeds; or one line a seed, where the seeds were not evaluated at the same updates. */
  readonly lines: readonly (readonly Point[])[];
  /** The least and greatest value over the seeds, or null for a single seed. */
  readonly band: { readonly low: readonly Point[]; readonly high: readonly Point[] } | null;
}

/** What one panel shows: every evaluation of every task by one method. */
export interface CurvePanel {
  readonly title: string;
  readonly subtitle: string;
  readonly tasks: readonly string[];
  /** What the strip above the plot calls each interval: the task's name, or its number where a name would not fit. */
  readonly labels: readonly string[];
  readonly intervals: readonly Interval[];
  readonly curves: readonly TaskCurve[];
}

/** One panel a method, with every evaluation of its runs: nothing is thinned out, since a dip may last one evaluation. */
export function curvePanels(group: Group): CurvePanel[] {
  return group.series.map((series) => curvePanel(series, group.tasks, (run) => run.accuracy));
}

/** One method's runs in one panel. @param logOf the log of a run that is drawn */
export function curvePanel(series: Series, tasks: readonly string[], logOf: (run: Run) => EvaluationLog): CurvePanel {
  const logs = series.runs.map(logOf);
  const together = logs.every((log) => sameRows(log, logs[0]));
  const seeds = logs.length === 1 ? `seed ${series.runs[0].record.seed}` : `${logs.length} seeds`;
  const shown = logs.length === 1 ? '' : together ? ': mean, lowest to highest' : ': one line each';
  const intervals = intervalsOf(logs[0]);
  return {
    title: series.label,
    subtitle: seeds + shown,
    tasks,
    labels: stripLabels(tasks, intervals),
    intervals,
    curves: tasks.map((_, task) => (together ? meanCurve(logs, task) : seedCurves(logs, task))),
  };
}

/** How many letters of a label have room side by side above the plot. */
const stripLetters = 68;

function stripLabels(tasks: readonly string[], intervals: readonly Interval[]): string[] {
  const updates = intervals.reduce((sum, { from, to }) => sum + to - from, 0);
  const fits = intervals.every(
    ({ task, from, to }) => tasks[task].length + 1 <= ((to - from) / updates) * stripLetters,
  );
  return intervals.map(({ task }) => (fits ? tasks[task] : String(task + 1)));
}

/** The updates in which each task was trained, in order of training. */
export function intervalsOf({ steps, trainingTask }: EvaluationLog): Interval[] {
  const intervals: { task: number; from: number; to: number }[] = [];
  trainingTask.forEach((task, row) => {
    const current = intervals.at(-1);
    if (current?.task === task) current.to = steps[row];
    else intervals.push({ task, from: steps[row], to: steps[row] });
  });
  return intervals;
}

/** Every evaluation of one task from its first on. A later row without a value stays as NaN, which breaks the line there. */
export function pointsOf(steps: ArrayLike<number>, values: ArrayLike<number>): Point[] {
  const points = Array.from(values, (y, row) => ({ x: steps[row], y }));
  const first = points.findIndex(({ y }) => !Number.isNaN(y));
  return first === -1 ? [] : points.slice(first);
}

function meanCurve(logs: readonly EvaluationLog[], task: number): TaskCurve {
  const { steps } = logs[0];
  const columns = logs.map((log) => log.values[task]);
  const [mean, low, high]: Point[][] = [[], [], []];
  // One pass without a list for every row: logs may have a million.
  for (let row = 0; row < steps.length; row++) {
    let [sum, least, greatest] = [0, Infinity, -Infinity];
    for (const column of columns) {
      sum += column[row];
      least = Math.min(least, column[row]);
      greatest = Math.max(greatest, column[row]);
    }
    if (Number.isNaN(sum) && mean.length === 0) continue;
    const x = steps[row];
    mean.push({ x, y: sum / columns.length });
    low.push({ x, y: least });
    high.push({ x, y: greatest });
  }
  return { task, lines: [mean], band: logs.length > 1 ? { low, high } : null };
}

function seedCurves(logs: readonly EvaluationLog[], task: number): TaskCurve {
  return { task, lines: logs.map((log) => pointsOf(log.steps, log.values[task])), band: null };
}

function sameRows(a: EvaluationLog, b: EvaluationLog): boolean {
  return (
    a.steps.length === b.steps.length &&
    a.steps.every((step, row) => step === b.steps[row] && a.trainingTask[row] === b.trainingTask[row])
  );
}

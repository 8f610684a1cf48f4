import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readEvaluationLog, type EvaluationLog } from '../../logs/index.ts';
import { detectEvents } from '../../metrics/index.ts';
import { markdownTable, percent } from './markdown.ts';

/** Tasks that a stretch of a run is cut into. */
const tasks = 2;

/** What is made of runs on which nothing changes. */
interface Cut {
  /** Evaluations in what is called the training of a task. */
  readonly perTask: number;
  /** Updates between them. */
  readonly every: number;
}

const cuts: readonly Cut[] = [
  { perTask: 10, every: 100 },
  { perTask: 30, every: 30 },
  { perTask: 100, every: 10 },
  { perTask: 100, every: 1 },
  { perTask: 300, every: 1 },
  { perTask: 1000, every: 1 },
];

/** The first task of every run in the experiments of a folder, from the end of its own training on. */
function curvesIn(folder: string): Float64Array[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('accuracy.csv') && existsSync(join(folder, path)))
    .toSorted()
    .map((path) => {
      const { values, trainingTask } = readEvaluationLog(join(folder, path), 'accuracy');
      return values[0].slice(trainingTask.findIndex((task) => task > 0));
    });
}

/** A stretch of a curve as if one task had been trained, and then another; the curve is the first's. */
function relabelled(curve: Float64Array, start: number, cut: Cut, items: number | null): EvaluationLog {
  const rows = tasks * cut.perTask;
  return {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks: Array.from({ length: tasks }, (_, task) => `task ${task + 1}`),
    steps: Float64Array.from({ length: rows }, (_, row) => row),
    trainingTask: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / cut.perTask)),
    values: Array.from({ length: tasks }, (_, task) =>
      Float64Array.from({ length: rows }, (__, row) => (task === 0 ? curve[start + row * cut.every] : NaN)),
    ),
    ...(items !== null && { counts: Array.from({ length: tasks }, () => new Float64Array(rows).fill(items)) }),
  };
}

function rateOf(curves: readonly Float64Array[], cut: Cut, items: number | null): { rate: number; logs: number } {
  let [alarms, logs] = [0, 0];
  for (const curve of curves) {
    const span = tasks * cut.perTask * cut.every;
    const count = Math.min(100, 2 * Math.floor(curve.length / span));
    for (let i = 0; i < count; i++) {
      const start = Math.floor((i * (curve.length - span)) / (count - 1));
      const events = detectEvents(relabelled(curve, start, cut, items));
      if (events.some(({ kind }) => kind !== 'noise')) alarms++;
      logs++;
    }
  }
  return { rate: alarms / logs, logs };
}

/** How many stretches of runs whose tasks are all the same have an event. @param items that each evaluation of them has */
export function realRunsTable(folder: string, items: number): string {
  const curves = curvesIn(folder);
  const rows = cuts.map((cut) => {
    const [known, unknown] = [items, null].map((each) => rateOf(curves, cut, each));
    return [
      `${cut.perTask}`,
      `${cut.every}`,
      `${known.logs}`,
      `${percent(known.rate)} %`,
      `${percent(unknown.rate)} %`,
    ];
  });
  return markdownTable(
    ['evaluations a task', 'updates between', 'stretches', 'number of items known', 'nothing known'],
    rows,
  );
}

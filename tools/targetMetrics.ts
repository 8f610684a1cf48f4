import type { Run } from '../logs/index.ts';
import { runMetrics, stabilityGaps } from '../metrics/index.ts';

type Compute = (run: Pick<Run, 'accuracy' | 'matrix'>) => number | null;

/** What published figures show of the first task alone. */
const firstTask: Readonly<Record<string, Compute>> = {
  'first-task-min': ({ accuracy }) => {
    const minima = stabilityGaps(accuracy).flatMap(({ taskIndex, minimum }) => (taskIndex === 0 ? [minimum] : []));
    return minima.length === 0 ? null : Math.min(...minima);
  },
  'first-task-acc': ({ matrix }) => matrix.rows.at(-1)?.[0] ?? null,
};

/** The metrics that targets.csv may name: those of every run, and those of the first task. */
export const targetMetrics: Readonly<Record<string, Compute>> = {
  ...Object.fromEntries(runMetrics.map(({ name, compute }) => [name, compute])),
  ...firstTask,
};

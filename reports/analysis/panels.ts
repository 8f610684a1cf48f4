import type { Analysed } from '../../analysis/index.ts';
import type { Event } from '../../metrics/index.ts';
import type { CoursePanel } from '../charts/courseFigure.ts';
import { counted } from '../format.ts';
import { kindNames } from './words.ts';

/** One panel for each task that has an event beyond noise, the worst first. */
export function coursePanels({ log, events }: Analysed): CoursePanel[] {
  const telling = events.filter(({ kind }) => kind !== 'noise');
  const tasks = [...new Set(telling.map(({ taskIndex }) => taskIndex))];
  const switches = switchesOf(log.trainingTask, log.steps);
  return tasks.map((task) => {
    const own = telling.filter(({ taskIndex }) => taskIndex === task);
    const rows = [...log.values[task].keys()].filter((row) => !Number.isNaN(log.values[task][row]));
    const errors = log.standardErrors?.[task];
    const edge = (sign: number) =>
      rows.map((row) => ({ x: log.steps[row], y: log.values[task][row] + sign * (errors?.[row] ?? NaN) }));
    const known = errors !== undefined && rows.every((row) => !Number.isNaN(errors[row]));
    return {
      title: log.tasks[task],
      subtitle: `${inWords(own)}${known ? '; band: one standard error' : ''}`,
      measure: log.measure,
      points: rows.map((row) => ({ x: log.steps[row], y: log.values[task][row] })),
      band: known ? { low: edge(-1), high: edge(1) } : null,
      events: own,
      switches,
    };
  });
}

function inWords(events: readonly Event[]): string {
  const kinds = [...new Set(events.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const count = events.filter((event) => event.kind === kind).length;
      return count === 1 ? kindNames[kind] : `${counted(count, 'time')} ${kindNames[kind]}`;
    })
    .join(', ');
}

function switchesOf(trainingTask: Int32Array, steps: Float64Array): number[] {
  const found: number[] = [];
  trainingTask.forEach((task, row) => {
    if (row > 0 && task !== trainingTask[row - 1] && trainingTask[row - 1] >= 0) found.push(steps[row]);
  });
  return found;
}

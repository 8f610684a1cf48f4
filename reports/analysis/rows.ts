import type { Analysis, AnalysisEvent, TaskCourse } from '../../analysis/index.ts';
import { shownP, shownShare, shownStep, shownValue } from './numbers.ts';
import { kindNames } from './words.ts';

/** The heads of {@link eventCells}. */
export const eventHeads = [
  'task',
  'verdict',
  'switch',
  'before',
  'lowest',
  'at step',
  'end',
  'depth',
  'relative',
  'back at',
  'area',
  'z',
  'p',
] as const;

export function eventCells(event: AnalysisEvent): string[] {
  const { kind, task, switch_task, switch_step, recovery_step } = event;
  return [
    task,
    kindNames[kind],
    switch_task === null ? `peak at ${shownStep(switch_step)}` : `to ${switch_task} at ${shownStep(switch_step)}`,
    shownValue(event.reference),
    shownValue(event.minimum),
    shownStep(event.minimum_step),
    shownValue(event.end),
    shownValue(event.depth),
    shownShare(event.relative_depth),
    recovery_step === null ? (kind === 'forgetting' ? 'not back' : '–') : shownStep(recovery_step),
    shownValue(event.area),
    event.z === null ? '–' : event.z.toFixed(1),
    shownP(event.p_value),
  ];
}

/** The heads of {@link taskRows}. */
export const taskHeads = ['task', 'evaluations', 'first', 'best', 'at step', 'worst', 'last', 'last − best'] as const;

/** How each task went, those that lost most first. */
export function taskRows({ tasks }: Analysis): string[][] {
  return Object.entries(tasks)
    .toSorted(([, a], [, b]) => a.last_minus_best - b.last_minus_best)
    .map(([name, course]) => [name, ...courseCells(course)]);
}

function courseCells({ evaluations, first, best, best_step, worst, last, last_minus_best }: TaskCourse): string[] {
  return [
    String(evaluations),
    shownValue(first),
    shownValue(best),
    shownStep(best_step),
    shownValue(worst),
    shownValue(last),
    shownValue(last_minus_best),
  ];
}

/** Metrics that are one number. */
export function metricRows({ metrics }: Analysis): string[][] {
  return Object.entries(metrics).flatMap(([name, value]) =>
    value === null || typeof value === 'number' ? [[name, shownValue(value)]] : [],
  );
}

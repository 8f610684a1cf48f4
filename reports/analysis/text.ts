import type { Analysis } from '../../analysis/index.ts';
import { align } from '../align.ts';
import { counted } from '../format.ts';
import { monitorTables } from './monitorRows.ts';
import { shownStep } from './numbers.ts';
import { roundHeads, roundRows } from './roundRows.ts';
import { eventCells, eventHeads, metricRows, taskHeads, taskRows } from './rows.ts';

/** How many rows a table in a terminal has before it only says how many more there are. */
const most = 20;

/**
 * An analysis as plain text: events first, worst first, then metrics, then how each task went. Ends with a line end.
 * @param all whether noise and long tables are written out
 */
export function analysisText(analysis: Analysis, { all = false }: { readonly all?: boolean } = {}): string {
  const blocks = [
    heading(analysis),
    alarmLines(analysis),
    eventLines(analysis, all),
    ...monitorBlocks(analysis),
    roundLines(analysis, all),
    metricLines(analysis),
    taskLines(analysis, all),
    analysis.notes.map((note) => `note: ${note}`),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading({
  name,
  format,
  measure,
  higher_is_better,
  evaluations,
  tasks,
  first_step,
  last_step,
}: Analysis): string[] {
  if (first_step === null) return [`${name} (${format}): ${measure}, without an evaluation`];
  const better = higher_is_better ? '' : ', lower is better';
  const over = `${counted(Object.keys(tasks).length, 'task')}, ${counted(evaluations, 'evaluation')}`;
  return [
    `${name} (${format}): ${measure}${better}, of ${over}, steps ${shownStep(first_step)} to ${shownStep(last_step)}`,
  ];
}

function alarmLines({ alarms, monitor }: Analysis): string[] {
  if (!monitor) return [];
  if (alarms.length === 0) return ['alarms: none'];
  return ['alarms, worst first', ...alarms.map(({ text }) => `  ${text}`)];
}

function monitorBlocks({ monitor }: Analysis): string[][] {
  if (!monitor) return [];
  return monitorTables(monitor).map(({ benchmark, heads, rows, missing }) => [
    benchmark === '' ? 'answers by round' : `answers by round: ${benchmark}`,
    ...align([heads, ...rows]),
    ...missing.map((reason) => `  not there: ${reason}`),
  ]);
}

function roundLines(analysis: Analysis, all: boolean): string[] {
  const rows = roundRows(analysis);
  if (rows.length === 0) return [];
  const shown = rows.slice(0, all ? undefined : most);
  return [
    'last rounds, the largest loss from the best first',
    ...align([roundHeads, ...shown]),
    ...more(rows.length, all),
  ];
}

function eventLines({ events, alpha, evaluations }: Analysis, all: boolean): string[] {
  if (evaluations === 0) return [];
  if (events.length === 0) return ['events: none; no task fell below where it was'];
  const noise = events.filter(({ kind }) => kind === 'noise').length;
  const shown = all ? events : events.filter(({ kind }) => kind !== 'noise');
  const rest =
    all || noise === 0 ? [] : [`${counted(noise, 'more move')} within noise at α = ${alpha} (--all lists them)`];
  if (shown.length === 0) return [`events: none beyond noise at α = ${alpha}`, ...rest];
  return [
    'events, worst first',
    ...align([eventHeads, ...shown.slice(0, all ? undefined : most).map(eventCells)], 3),
    ...more(shown.length, all),
    ...rest,
  ];
}

function metricLines(analysis: Analysis): string[] {
  const rows = metricRows(analysis);
  return rows.length === 0 ? [] : ['metrics', ...align(rows)];
}

function taskLines(analysis: Analysis, all: boolean): string[] {
  const rows = taskRows(analysis);
  if (rows.length === 0) return [];
  const shown = align([taskHeads, ...rows.slice(0, all ? undefined : most)]);
  return ['tasks, those that lost most first', ...shown, ...more(rows.length, all)];
}

function more(count: number, all: boolean): string[] {
  return all || count <= most ? [] : [`… and ${count - most} more (--all lists them)`];
}

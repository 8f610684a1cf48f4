import type { RunSummary } from '../messages.ts';
import { isOver, shareOf } from './state.ts';

/** @example `er, seed 1` */
export function nameOf({ method, seed }: RunSummary): string {
  return seed === null ? method : `${method}, seed ${seed}`;
}

/** How far all runs are, in a sentence. @example `3 of 24 runs have ended, 1 is at work: 14%` */
export function standingOf(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'no run yet';
  const ended = runs.filter(isOver).length;
  if (ended === runs.length) return runs.length === 1 ? 'the run has ended' : `all ${runs.length} runs have ended`;
  const working = runs.filter(({ status }) => status === 'running').length;
  const atWork = working === 0 ? '' : `, ${working} at work`;
  return `${ended} of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} ended${atWork}: ${Math.floor(100 * wholeShare(runs))}%`;
}

/** How much of all runs is done, from 0 to 1: each counts as much as the others. */
export function wholeShare(runs: readonly RunSummary[]): number {
  return runs.length === 0 ? 0 : runs.reduce((sum, run) => sum + shareOf(run), 0) / runs.length;
}

/** @example `0.944`; `–` for none */
export function accuracyText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(3);
}

/** Silence that is worth telling: a process that was killed leaves a run that says it is running. */
const quietAfter = 60_000;

/** @param now milliseconds since 1970 @example `running, quiet for 3 min` */
export function statusText({ status, grown }: RunSummary, now: number): string {
  if (status === 'unknown') return 'not readable';
  if (status !== 'running' || grown === null || now - grown < quietAfter) return status;
  const minutes = Math.floor((now - grown) / 60_000);
  return `running, quiet for ${minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`}`;
}

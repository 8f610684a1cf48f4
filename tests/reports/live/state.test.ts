import { expect, test } from 'vitest';
import type { Message, RunSummary } from '../../../reports/live/messages.ts';
import { merged, nothing, shareOf, switchesOf } from '../../../reports/live/client/state.ts';
import { nameOf, standingOf, statusText, wholeShare } from '../../../reports/live/client/words.ts';

const run = (name: string, change: Partial<RunSummary> = {}): RunSummary => ({
  run: name,
  experiment: 'demo',
  method: name,
  seed: 1,
  status: 'running',
  done: 25,
  planned: 100,
  task: 'a',
  accuracy: 0.5,
  grown: 0,
  reason: null,
  ...change,
});
const message = (change: Partial<Message>): Message => ({
  title: 'demo',
  whole: false,
  runs: [],
  anew: false,
  events: [],
  curve: null,
  ...change,
});
const rows = (from: number, steps: number[]) => ({
  curve: {
    run: 'er',
    tasks: ['a'],
    from,
    steps,
    training: steps.map(() => 0),
    values: [steps.map((step) => step / 10)],
  },
});

test('changed runs take their places, and a whole list replaces all', () => {
  const first = merged(nothing, message({ whole: true, runs: [run('er'), run('ewc')] }));
  const second = merged(first, message({ runs: [run('ewc', { done: 50 })] }));
  expect(second.runs.map(({ done }) => done)).toEqual([25, 50]);
  expect(merged(second, message({ whole: true, runs: [run('si')] })).runs).toHaveLength(1);
});

test('rows are added; those that are there already are not added twice; a curve that begins anew replaces the old', () => {
  const first = merged(nothing, message(rows(0, [0, 1, 2])));
  const second = merged(first, message(rows(2, [2, 3, 4])));
  expect(second.shown).toMatchObject({ steps: [0, 1, 2, 3, 4], values: [[0, 0.1, 0.2, 0.3, 0.4]] });
  expect(second.shown).not.toBe(first.shown);
  expect(merged(second, message(rows(0, [0]))).shown!.steps).toEqual([0]);
});

test('switches are where another task comes into training', () => {
  const shown = { tasks: ['a', 'b'], steps: [0, 1, 1, 2, 3], training: [0, 0, 1, 1, -1] };
  expect(switchesOf(shown)).toEqual([
    { step: 0, name: 'a' },
    { step: 1, name: 'b' },
  ]);
});

test('each run counts as much as the others; one that is over is done, however early it ended', () => {
  const runs = [
    run('er'),
    run('ewc', { status: 'diverged', done: 3 }),
    run('si', { status: 'planned', planned: null, done: 0 }),
  ];
  expect(runs.map(shareOf)).toEqual([0.25, 1, 0]);
  expect(wholeShare(runs)).toBeCloseTo(1.25 / 3);
  expect(standingOf(runs)).toBe('1 of 3 runs ended, 1 at work: 41%');
  expect(standingOf(runs.slice(1, 2))).toBe('the run has ended');
  expect(standingOf([])).toBe('no run yet');
});

test('a run that says it is at work and is silent is called quiet', () => {
  expect(statusText(run('er', { grown: 0 }), 59_000)).toBe('running');
  expect(statusText(run('er', { grown: 0 }), 180_000)).toBe('running, quiet for 3 min');
  expect(statusText(run('er', { grown: 0, status: 'complete' }), 180_000)).toBe('complete');
  expect(nameOf(run('er'))).toBe('er, seed 1');
});

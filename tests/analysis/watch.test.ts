import { describe, expect, test, vi } from 'vitest';
import { createRng } from '../../base/index.ts';
import { continued } from '../../analysis/watch/continuation.ts';
import { tellings } from '../../analysis/watch/follower.ts';
import { statePath } from '../../analysis/index.ts';
import type { EvaluationLog } from '../../logs/index.ts';
import { logOf, withCounts } from './logs.ts';

const options = { alpha: 0.05, horizon: 1000, ended: false };

/** The first rows of a log. */
function upTo(log: EvaluationLog, rows: number): EvaluationLog {
  const cut = (arrays: readonly Float64Array[]): Float64Array[] => arrays.map((array) => array.slice(0, rows));
  return {
    ...log,
    steps: log.steps.slice(0, rows),
    trainingTask: log.trainingTask.slice(0, rows),
    values: cut(log.values),
    counts: log.counts && cut(log.counts),
  };
}

/** What is told as the log grows row by row. */
function grown(log: EvaluationLog, told = new Set<string>()): string[] {
  const lines: string[] = [];
  for (let rows = 1; rows <= log.steps.length; rows++)
    for (const { telling, task, kind } of tellings('run', upTo(log, rows), told, options))
      lines.push(`${log.steps[rows - 1]}: ${task} ${telling}${telling === 'verdict' ? ` ${kind}` : ''}`);
  return lines;
}

const gap = withCounts(
  logOf(
    ['a', 'b', 'c'],
    [
      [0, 'a', 0.5, 0.1, 0.1],
      [10, 'a', 0.9, 0.1, 0.1],
      [20, 'b', 0.6, 0.5, 0.1],
      [30, 'b', 0.7, 0.8, 0.1],
      [40, 'b', 0.9, 0.9, 0.1],
      [50, 'c', 0.9, 0.6, 0.5],
      [60, 'c', 0.9, 0.6, 0.9],
    ],
  ),
  1000,
);

describe('what is told, and when', () => {
  test('a fall at once, its end when it comes, each once', () => {
    expect(grown(gap)).toEqual(['20: a fell', '40: a back', '50: b fell']);
  });

  test('the verdict once the stretch of training is over', () => {
    const told = new Set<string>();
    grown(gap, told);
    const last = tellings('run', gap, told, { ...options, ended: true });
    expect(last.map(({ task, telling, kind }) => [task, telling, kind])).toEqual([['b', 'verdict', 'forgetting']]);
    expect(tellings('run', gap, told, { ...options, ended: true })).toEqual([]);
  });

  test('a fall that only the end of the stretch makes certain is told then', () => {
    const shallow = withCounts(
      logOf(['a', 'b', 'c'], [[0, 'a', 0.9, 0, 0], [1, 'b', 0.86, 0, 0], [2, 'b', 0.86, 0, 0], [3, 'c', 0.86, 0, 0]]), // prettier-ignore
      1000,
    );
    expect(grown(shallow)).toEqual(['3: a fell', '3: a verdict forgetting']);
  });

  test('at switches that the user names a verdict comes with the next one', () => {
    const rounds = withCounts(
      logOf(['a'], [[0, '', 0.9], [1, '', 0.6], [2, '', 0.6], [3, '', 0.8]]), // prettier-ignore
      1000,
    );
    const named = { ...options, detection: { switches: [0, 2] } };
    const told = new Set<string>();
    const at = (rows: number) =>
      tellings('run', upTo(rounds, rows), told, named).map(({ telling, kind }) => [telling, kind]);
    expect([at(2), at(3), at(4)]).toEqual([[['fell', 'forgetting']], [], [['verdict', 'forgetting']]]);
    expect(
      tellings('run', rounds, told, { ...named, ended: true }).map(({ telling, kind }) => [telling, kind]),
    ).toEqual([['verdict', 'backward_transfer']]);
  });

  test('looking forty times at flat logs gives a false alarm in fewer than one in twenty', () => {
    let alarms = 0;
    for (let seed = 0; seed < 60; seed++) {
      const rng = createRng(`watch/${seed}`);
      const share = (): number =>
        Array.from({ length: 100 }, () => Number(rng.uniform() < 0.8)).reduce((a, b) => a + b) / 100;
      const flat = logOf(['a', 'b'], Array.from({ length: 40 }, (_, i) => [i, i < 10 ? 'a' : 'b', share(), share()] as const)); // prettier-ignore
      if (grown(withCounts(flat, 100)).length > 0) alarms++;
    }
    expect(alarms / 60).toBeLessThanOrEqual(0.05);
  });
});

describe('a log that is read again', () => {
  const known = upTo(gap, 4);
  const rest = (from: number): EvaluationLog => ({
    ...gap,
    steps: gap.steps.slice(from),
    trainingTask: gap.trainingTask.slice(from),
    values: gap.values.map((values) => values.slice(from)),
    counts: gap.counts!.map((counts) => counts.slice(from)),
  });

  test('that has grown is what it is', () => {
    expect(continued(known, gap)).toEqual({ log: gap, gone: null, anew: false });
  });

  test('from which a rotation has taken rows keeps them, wherever it was cut', () => {
    for (const from of [2, 4]) {
      const { log, gone, anew } = continued(known, rest(from));
      expect(anew).toBe(false);
      expect(gone!.steps).toHaveLength(from);
      expect(log).toEqual(gap);
    }
  });

  test('that begins again at its first step and is shorter is another one', () => {
    expect(continued(gap, upTo(gap, 2))).toMatchObject({ gone: null, anew: true });
  });
});

test('what was told is remembered under $XDG_STATE_HOME', () => {
  vi.stubEnv('XDG_STATE_HOME', '/state');
  expect(statePath('x.csv')).toMatch(/^\/state\/stabgap\/watch\/[0-9a-f]{16}\.json$/);
  vi.stubEnv('XDG_STATE_HOME', 'relative');
  expect(statePath('x.csv')).toMatch(/\.local\/state\/stabgap\/watch\//);
  vi.unstubAllEnvs();
});

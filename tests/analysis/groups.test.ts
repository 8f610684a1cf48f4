import { describe, expect, test } from 'vitest';
import type { Experiment, RunRecord } from '../../logs/index.ts';
import { groupRuns } from '../../analysis/index.ts';
import { differingSettings, settingsKey } from '../../analysis/index.ts';
import { makeExperiment, withRecord } from '../reports/fixture.ts';

/** The experiment with the record of its last run changed: seed 2 of `er`. */
function withLast(change: (record: RunRecord) => RunRecord): Experiment {
  const experiment = makeExperiment();
  return { ...experiment, runs: [...experiment.runs.slice(0, -1), withRecord(experiment.runs.at(-1)!, change)] };
}

const shape = (experiment: Experiment): string[][] =>
  groupRuns(experiment).map(({ series }) => series.map(({ label, runs }) => `${label} x${runs.length}`));

describe('groupRuns', () => {
  test('puts the seeds of a method together', () => {
    expect(shape(makeExperiment())).toEqual([['finetune x2', 'er x2']]);
  });

  test.each<[string, (record: RunRecord) => RunRecord]>([
    ['evaluated more rarely', (r) => ({ ...r, evaluation: { ...r.evaluation, every: 10 } })],
    ['evaluated adaptively', (r) => ({ ...r, evaluation: { ...r.evaluation, every: 'adaptive' } })],
    ['evaluated on fewer samples', (r) => ({ ...r, evaluation: { ...r.evaluation, subset: 100 } })],
    ['of another scenario', (r) => ({ ...r, stream: { ...r.stream, scenario: 'domain' } })],
    ['on another version of the stream', (r) => ({ ...r, stream: { ...r.stream, version: 2 } })],
  ])('keeps a run apart that was %s', (_, change) => {
    expect(shape(withLast(change))).toEqual([['finetune x2', 'er x1'], ['er x1']]);
  });

  test('keeps runs together of which one could be evaluated incrementally more often', () => {
    const evaluated = (r: RunRecord) => ({
      ...r.evaluation,
      refreshEvery: 100,
      incremental: 17,
    });
    expect(shape(withLast((r) => ({ ...r, evaluation: evaluated(r) })))).toEqual(shape(makeExperiment()));
  });

  test('does not average one method over unlike settings, and names what differs', () => {
    const experiment = withLast((r) => ({ ...r, training: { ...r.training, learningRate: 0.1 } }));
    expect(shape(experiment)).toEqual([
      ['finetune x2', 'er (training.learningRate=0.05) x1', 'er (training.learningRate=0.1) x1'],
    ]);
  });

  test('averages complete runs only, and keeps the others in the group', () => {
    const experiment = withLast((r) => ({ ...r, status: 'failed', reason: 'no memory' }));
    expect(shape(experiment)).toEqual([['finetune x2', 'er x1']]);
    expect(groupRuns(experiment)[0].runs).toHaveLength(4);
  });

  test('numbers the tasks where seeds drew different ones', () => {
    const renamed = (r: RunRecord): RunRecord['stream'] => ({ ...r.stream, tasks: r.stream.tasks.toReversed() });
    expect(groupRuns(makeExperiment())[0].tasks).toEqual(['0/1', '2/3', '4/5']);
    expect(groupRuns(withLast((r) => ({ ...r, stream: renamed(r) })))[0].tasks).toEqual(['task 1', 'task 2', 'task 3']);
  });
});

test('settingsKey does not depend on the order of keys', () => {
  expect(settingsKey({ a: { b: 1, c: [1, 2] }, d: 'x' })).toBe(settingsKey({ d: 'x', a: { c: [1, 2], b: 1 } }));
  expect(settingsKey({ a: [1, 2] })).not.toBe(settingsKey({ a: [2, 1] }));
});

test('differingSettings gives each value of what is not alike', () => {
  const differing = differingSettings([
    { a: 1, b: { c: 2 } },
    { a: 1, b: { c: 3 }, d: 'x' },
  ]);
  expect([...differing]).toEqual([
    ['b.c', ['2', '3']],
    ['d', [undefined, 'x']],
  ]);
});

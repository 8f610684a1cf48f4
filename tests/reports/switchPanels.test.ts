import { describe, expect, test } from 'vitest';
import type { Experiment, Run } from '../../logs/index.ts';
import { ownPanels, switchPanels } from '../../reports/charts/switchPanels.ts';
import { reportData } from '../../reports/data.ts';
import type { GroupReport } from '../../reports/data.ts';
import { deepest, deepestRecovered, endLevel, fallTime, gapWords } from '../../reports/gaps.ts';
import { summarize } from '../../reports/summary.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

// Flat curves at 0.9: nothing falls but what a test plants.
const flatPlan = {
  ...smallPlan,
  methods: ['a', 'b'].map((label) => ({ label, fall: 0, tau: 1, loss: 0 })),
  noise: 0,
};

/** The experiment with `values` as the accuracy of the first task from the given step on, in one run. */
function planted(experiment: Experiment, runName: string, from: number, values: readonly number[]): GroupReport {
  const runs = experiment.runs.map((run) => (run.record.run === runName ? plant(run, from, values) : run));
  return reportData({ ...experiment, runs }).groups[0];
}

function plant(run: Run, from: number, values: readonly number[]): Run {
  const [first, ...others] = run.accuracy.values;
  const column = first.slice();
  values.forEach((value, i) => (column[run.accuracy.steps.lastIndexOf(from) + i] = value));
  return { ...run, accuracy: { ...run.accuracy, values: [column, ...others] } };
}

function flat(): Experiment {
  const experiment = makeExperiment(flatPlan);
  const level = (value: number): number => (Number.isNaN(value) ? NaN : 0.9);
  const flatten = (run: Run): Run => ({
    ...run,
    accuracy: { ...run.accuracy, values: run.accuracy.values.map((v) => v.map(level)) },
  });
  return { ...experiment, runs: experiment.runs.map(flatten) };
}

describe('a dip planted in task 0/1 of method b, seed 2, after the switch to 4/5 at update 80', () => {
  const group = planted(flat(), 'b-seed2', 83, [0.7, 0.4, 0.6, 0.91]);
  const found = deepest(group.gaps)!;

  test('is the deepest gap', () => {
    expect(found.run.record.run).toBe('b-seed2');
    expect(found.gap).toMatchObject({
      task: '0/1',
      switchTask: '4/5',
      switchStep: 80,
      reference: 0.9,
      minimum: 0.4,
      minimumStep: 84,
    });
    expect(deepestRecovered(group.gaps)).toBe(found);
  });

  test('is told in words', () => {
    const words =
      'fell from 0.90 to 0.40 on task 0/1 within 4 updates of the switch to 4/5, and was back 6 updates after it';
    expect(gapWords(found)).toBe(words);
    expect(summarize(group)).toContain(`The deepest gap: b (seed 2) ${words}.`);
    expect(summarize(group)).toContain(
      'Evaluated at task ends only, that one would have shown as no change, where the fall was 0.50.',
    );
  });

  test('is shown whole, at the switch, in the same window for every method', () => {
    const panels = switchPanels(group, [found]);
    expect(panels.map(({ title, subtitle }) => [title, subtitle])).toEqual([
      ['a', 'did not fall here'],
      ['b', 'seed 2: 0.90 to 0.40 in 4 updates, back after 6'],
    ]);
    expect(panels[1].gap).toBe(found.gap);
    expect(panels.map(({ window }) => window)).toEqual(Array(2).fill({ before: 4, after: 20, floor: 0.3 }));
    expect(panels[1].traces.map(({ focus }) => focus)).toEqual([false, true]);
    const steps = [-4, -3, -2, -1, 0, 0, ...Array.from({ length: 20 }, (_, i) => i + 1)];
    for (const { traces } of panels) for (const { points } of traces) expect(points.map(({ x }) => x)).toEqual(steps);
    expect(panels[1].traces[1].points.find(({ x }) => x === 4)!.y).toBe(0.4);
  });

  test('is the switch at which its own method is shown; a method that never fell is not', () => {
    const panels = ownPanels(group);
    expect(panels.map(({ title }) => title)).toEqual(['b, 0/1 at the switch to 4/5']);
    expect(panels[0].gap).toBe(found.gap);
    expect(panels[0].traces.map(({ focus }) => focus)).toEqual([false, true]);
  });

  test('falls nine tenths of the way by its minimum', () => {
    expect(fallTime(found)).toBe(4);
    expect(endLevel(found)).toBe(0.9);
  });
});

test('a fall to a noisy floor is told with the time that most of it took', () => {
  const floor = Array.from({ length: 40 }, (_, i) => (i === 30 ? 0.1 : 0.12));
  const group = planted(flat(), 'a-seed1', 41, floor);
  expect(gapWords(deepest(group.gaps)!)).toBe(
    'fell from 0.90 to 0.10 on task 0/1 within 31 updates of the switch to 2/3 (nine tenths of it within 1), ' +
      'and was not back when training on 2/3 ended (0.12)',
  );
});

test('nothing is called a gap where nothing fell', () => {
  const [group] = reportData(flat()).groups;
  expect(deepest(group.gaps)).toBeNull();
  expect(summarize(group).join(' ')).not.toContain('gap');
});

test('the summary ranks methods and gives the distance from min-ACC to ACC', () => {
  const [group] = reportData(makeExperiment()).groups;
  const rows = group.table.rows.map(({ cells }) => cells.map(({ mean }) => mean!));
  const column = (name: string): number => group.table.metrics.findIndex((metric) => metric.name === name);
  const [acc, min] = [column('acc'), column('min-acc')];
  const text = summarize(group).join('\n');
  expect(text).toContain(
    `er ends best, with an accuracy of ${rows[1][acc].toFixed(2)} averaged over all tasks; finetune is last`,
  );
  expect(text).toContain(
    `${(rows[1][acc] - rows[1][min]).toFixed(2)} for er (${rows[1][acc].toFixed(2)} to ${rows[1][min].toFixed(2)})`,
  );
});

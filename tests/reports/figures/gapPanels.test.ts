import { describe, expect, test } from 'vitest';
import type { EvaluationLog, Experiment, Run } from '../../../logs/index.ts';
import { reportData } from '../../../reports/data.ts';
import { alignedCurves, gapPanels } from '../../../reports/figures/gapPanels.ts';
import { makeExperiment, smallPlan } from '../fixture.ts';

const [template] = makeExperiment({ ...smallPlan, methods: smallPlan.methods.slice(0, 1), seeds: [1] }).runs;

/** A run of tasks of four updates whose old tasks have the given accuracies; the last evaluation before a switch is repeated at it. */
function runOf(seed: number, columns: readonly (readonly number[])[]): Run {
  const tasks = template.accuracy.tasks;
  const accuracy: EvaluationLog = {
    ...template.accuracy,
    steps: Float64Array.from([0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12]),
    trainingTask: Int32Array.from([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]),
    values: tasks.map((_, task) => Float64Array.from(columns[task])),
  };
  return { ...template, accuracy, record: { ...template.record, seed, run: `finetune-seed${seed}` } };
}

const none = [NaN, NaN, NaN, NaN, NaN];
const first = [0.1, 0.5, 0.7, 0.8, 0.9, 0.9, 0.5, 0.7, 0.9, 0.9, 0.9, 0.3, 0.4, 0.5, 0.6];
const second = [...none, 0.1, 0.5, 0.6, 0.7, 0.8, 0.8, 0.6, 0.7, 0.7, 0.7];
const third = [...none, ...none, 0.1, 0.9, 0.9, 0.9, 0.9];

const experimentOf = (...runs: Run[]): Experiment => ({ ...makeExperiment(), runs });
const one = experimentOf(runOf(1, [first, second, third]));

describe('switches aligned', () => {
  const curvesOf = (experiment: Experiment, before = 2, after = 4) => {
    const [{ series, tasks }] = reportData(experiment).groups;
    return alignedCurves(series[0], tasks, { before, after });
  };

  test('each old task is there once a switch, counted from the switch, never the task that is learnt', () => {
    const curves = curvesOf(one);
    expect(curves.map(({ task }) => task)).toEqual([0, 0, 1]);
    expect(curves[0].points).toEqual([
      { x: -2, y: 0.7 },
      { x: -1, y: 0.8 },
      { x: 0, y: 0.9 },
      { x: 0, y: 0.9 },
      { x: 1, y: 0.5 },
      { x: 2, y: 0.7 },
      { x: 3, y: 0.9 },
      { x: 4, y: 0.9 },
    ]);
  });

  test('nothing from beyond the neighbouring switches is in a curve', () => {
    const [, second_] = curvesOf(one, 100, 100);
    expect(second_.points.map(({ x }) => x)).toEqual([-4, -3, -2, -1, 0, 0, 1, 2, 3, 4]);
  });

  test('a curve is the mean over seeds', () => {
    const lower = first.map((value) => value - 0.1);
    const curves = curvesOf(experimentOf(runOf(1, [first, second, third]), runOf(2, [lower, second, third])));
    expect(curves).toHaveLength(3);
    expect(curves[0].points[4].y).toBeCloseTo((0.5 + 0.4) / 2, 12);
  });

  test('seeds that were evaluated at other updates have curves of their own', () => {
    const other = runOf(2, [first, second, third]);
    const steps = other.accuracy.steps.map((step) => 2 * step);
    const curves = curvesOf(experimentOf(runOf(1, [first, second, third]), { ...other, accuracy: { ...other.accuracy, steps } }), 100, 100); // prettier-ignore
    expect(curves.map(({ task }) => task)).toEqual([0, 0, 1, 0, 0, 1]);
    expect(curves[3].points.find(({ y }) => y === 0.5)?.x).toBe(-6);
    expect(curves[3].points.filter(({ x }) => x === 2)).toEqual([{ x: 2, y: 0.5 }]);
  });
});

test('marked is the deepest fall below the last value before the switch, with its return', () => {
  const [panel] = gapPanels(reportData(one).groups[0])!.panels;
  // At the second switch the first task falls from .9 to .3 at once, and is never back.
  expect(panel.marked).toEqual({ task: 0, reference: 0.9, minimum: { x: 1, y: 0.3 }, back: null });
  expect(panel).toMatchObject({ closed: 1, gaps: 3, recovery: 3 });
  // (.4 + .6 + .2) / 3
  expect(panel.depth).toBeCloseTo(0.4, 12);
});

test('one task has no switch', () => {
  const alone = makeExperiment({ ...smallPlan, tasks: ['a'] });
  expect(gapPanels(reportData(alone).groups[0])).toBeNull();
});

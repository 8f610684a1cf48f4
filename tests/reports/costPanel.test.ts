import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Experiment, RunRecord } from '../../logs/index.ts';
import { costFigure, logTicks } from '../../reports/charts/costFigure.ts';
import { costPanel } from '../../reports/charts/costPanel.ts';
import { overlap, placeLabels } from '../../reports/charts/labels.ts';
import { renderSvg } from '../../reports/charts/svg.ts';
import { reportData, type GroupReport } from '../../reports/data.ts';
import { flopUnit, threeDigits } from '../../reports/flops.ts';
import { renderReport } from '../../reports/index.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

type Flops = NonNullable<NonNullable<RunRecord['cost']>['flops']>;

const flopsOf = (dense: number, density: number): Flops => {
  const share = { forward: dense / 2, inputGradient: dense / 4, weightGradient: dense / 4 };
  const sparse = Object.fromEntries(Object.entries(share).map(([role, value]) => [role, density * value]));
  return {
    layers: share,
    sparse: sparse as Flops['layers'],
    forwardOnlyReplay: dense,
    forwardOnlyReplaySparse: density * dense,
    inference: 1000,
    inferenceSparse: 1000 * density,
  };
};

/** An experiment in which each method took so many operations. */
function spending(byMethod: (label: string) => Flops | undefined): Experiment {
  const experiment = makeExperiment(smallPlan);
  const runs = experiment.runs.map((run) => {
    const flops = byMethod(run.record.method.label);
    return flops ? { ...run, record: { ...run.record, cost: { ...run.record.cost!, flops } } } : run;
  });
  return { ...experiment, runs };
}
const groupOf = (experiment: Experiment): GroupReport => reportData(experiment).groups[0];
const labels = [...new Set(makeExperiment(smallPlan).runs.map(({ record }) => record.method.label))];

describe('accuracy against training FLOPs', () => {
  test('each method stands at its operations by density, with its dense ones where they differ', () => {
    const panel = costPanel(groupOf(spending((label) => flopsOf(4e9, label === 'er' ? 0.25 : 1))))!;
    expect(panel.unit).toEqual({ name: 'GFLOP', size: 1e9 });
    const er = panel.marks.find(({ label }) => label === 'er')!;
    expect(er.flops.mean).toBe(1e9);
    expect(er.dense).toBe(4e9);
    expect(panel.marks.filter(({ dense }) => dense !== null)).toEqual([er]);
    expect(panel.window.left).toBeLessThan(9);
    expect(panel.window.right).toBeGreaterThan(Math.log10(4e9));
  });

  test('on the front stands whom nobody beats in both', () => {
    const { marks } = costPanel(groupOf(spending((label) => flopsOf(1e9 * (1 + labels.indexOf(label)), 1))))!;
    for (const mark of marks) {
      const beaten = marks.some(
        (other) =>
          other.label !== mark.label &&
          other.flops.mean! <= mark.flops.mean! &&
          other.accuracy.mean! >= mark.accuracy.mean!,
      );
      expect(mark.front).toBe(!beaten);
    }
    expect(marks.some(({ front }) => front)).toBe(true);
  });

  test('there is none where fewer than two methods know what they took', () => {
    expect(costPanel(groupOf(spending((label) => (label === 'er' ? flopsOf(1e9, 1) : undefined))))).toBeNull();
    expect(costPanel(groupOf(makeExperiment(smallPlan)))).toBeNull();
  });

  test('the figure names every method and is the same each time', async () => {
    const panel = costPanel(groupOf(spending((label) => flopsOf(4e9, label === 'er' ? 0.25 : 1))))!;
    const [one, two] = [await renderSvg(costFigure(panel)), await renderSvg(costFigure(panel))];
    expect(one).toBe(two);
    expect(one).toContain('<svg');
  });

  test('the page shows what is known: old records have the plain costs only', async () => {
    const page = await renderReport(spending((label) => flopsOf(4e9, label === 'er' ? 0.25 : 1)));
    for (const text of [
      'Operations of layers',
      'training, dense, GFLOP',
      'training, by density, GFLOP',
      'save no time',
    ])
      expect(page).toContain(text);
    const old = await renderReport(makeExperiment(smallPlan));
    expect(old).toContain('training, all operations, GFLOP');
    expect(old).not.toContain('Operations of layers');
    // Where nothing is masked, the columns by density would only repeat the others.
    expect(await renderReport(spending(() => flopsOf(4e9, 1)))).not.toContain('training, by density');
  });
});

describe('labels', () => {
  test('lie beside their points and cover neither obstacles nor one another', () => {
    const coordinate = fc.integer({ min: 50, max: 950 });
    const bounds = { x: 0, y: 0, width: 1000, height: 1000 };
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 8, selector: String }),
        (places) => {
          const points = places.map(([x, y]) => ({ x, y, width: 60, height: 14 }));
          const marks = points.map(({ x, y }) => ({ x: x - 5, y: y - 5, width: 10, height: 10 }));
          const placed = placeLabels(points, marks, bounds, 8).map(({ box }) => box);
          for (const [i, box] of placed.entries()) {
            expect(marks.some((mark) => overlap(box, mark))).toBe(false);
            expect(placed.some((other, j) => j !== i && overlap(box, other))).toBe(false);
          }
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  test('the first choice is to the right', () => {
    const [{ box, far }] = placeLabels(
      [{ x: 100, y: 100, width: 40, height: 10 }],
      [],
      { x: 0, y: 0, width: 500, height: 500 },
      8,
    );
    expect(box).toEqual({ x: 108, y: 95, width: 40, height: 10 });
    expect(far).toBe(false);
  });
});

test('ticks are decades, with their 2nd and 5th, or all of one decade', () => {
  const round = (left: number, right: number) => logTicks(left, right).map((at) => Math.round(10 ** at));
  expect(round(0, 4)).toEqual([1, 10, 100, 1000, 10_000]);
  expect(round(0, 2)).toEqual([1, 2, 5, 10, 20, 50, 100]);
  expect(round(2, 2.5)).toEqual([100, 150, 200, 300]);
});

test('operations are shown in the unit of the largest, with three digits', () => {
  expect(flopUnit([12, 2.5e12])).toEqual({ name: 'TFLOP', size: 1e12 });
  expect(flopUnit([])).toEqual({ name: 'FLOP', size: 1 });
  expect([0, 1250, 12.53, 0.012549].map(threeDigits)).toEqual(['0', '1250', '12.5', '0.0125']);
});

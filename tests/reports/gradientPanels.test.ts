import { describe, expect, test } from 'vitest';
import type { Experiment, GradientLog, Run } from '../../logs/index.ts';
import { gradientFigure } from '../../reports/charts/gradientFigure.ts';
import { gradientPanels, shownSwitch, switchSizes, twoSided } from '../../reports/charts/gradientPanels.ts';
import { renderSvg } from '../../reports/charts/svg.ts';
import { reportData, type GroupReport } from '../../reports/data.ts';
import { renderReport } from '../../reports/index.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

const updates = 3 * smallPlan.updatesPerTask;

/** Made-up sides: plasticity 10/(1 + updates since the switch) · seed, stability nothing in the first task and 0 at a switch, then 0.1. */
function sides({ record }: Run, perTask = smallPlan.updatesPerTask): GradientLog {
  const of = (value: (since: number, task: number) => number): Float64Array =>
    Float64Array.from({ length: 3 * perTask }, (_, row) => {
      const task = Math.floor(row / perTask);
      return task === 0 ? NaN : value(row % perTask, task);
    });
  return {
    steps: Float64Array.from({ length: 3 * perTask }, (_, row) => row + 1),
    plasticity: of((since) => (10 * record.seed) / (1 + since)),
    stability: of((since) => (since === 0 ? 0 : 0.1)),
    cosine: of((since) => (since === 0 ? NaN : -0.5)),
  };
}

/** Runs with gradients, of the methods that are named. */
function measured(labels: readonly string[], plan = smallPlan, change = (log: GradientLog) => log): Experiment {
  const experiment = makeExperiment(plan);
  const runs = experiment.runs.map((run) =>
    labels.includes(run.record.method.label) ? { ...run, gradients: change(sides(run, plan.updatesPerTask)) } : run,
  );
  return { ...experiment, runs };
}

const groupOf = (experiment: Experiment): GroupReport => reportData(experiment).groups[0];

describe('panels of both sides', () => {
  const group = groupOf(measured(['er']));
  const shown = shownSwitch(group)!;
  const [panel, ...others] = gradientPanels(group, shown);

  test('are those of the methods that have two', () => {
    expect(others).toEqual([]);
    expect(panel).toMatchObject({ title: 'er', subtitle: '2 seeds: mean, lowest to highest' });
    const oneSided = measured(['er', 'finetune'], smallPlan, (log) => ({
      ...log,
      plasticity: log.plasticity.map(() => NaN),
    }));
    expect(twoSided(groupOf(oneSided))).toEqual([]);
  });

  test('show the switch of the deepest gap, with the first update after it at 0', () => {
    // finetune falls deepest, and by the larger share of a level that is highest at the first switch.
    expect(shown).toEqual({ task: 1, after: 40, before: 8 });
    expect(panel.plasticity.mean.map(({ x }) => x)).toEqual(Array.from({ length: 48 }, (_, i) => i - 8));
    const at = (x: number) => [panel.plasticity, panel.stability, panel.cosine].map(({ mean }) => mean[x + 8].y);
    expect(at(-1)).toEqual([NaN, NaN, NaN]);
    expect(at(0)).toEqual([15, 0, NaN]);
    expect(at(1)).toEqual([7.5, 0.1, -0.5]);
    // The next switch is not in it.
    expect(at(39)[1]).toBe(0.1);
  });

  test('have a band over the seeds, none for a single one', () => {
    const { low, high } = panel.plasticity.band!;
    expect([low[8].y, high[8].y]).toEqual([10, 20]);
    const [alone] = gradientPanels(groupOf(measured(['er'], { ...smallPlan, seeds: [2] })), shown);
    expect(alone.subtitle).toBe('seed 2');
    expect(alone.plasticity.band).toBeNull();
    expect(alone.plasticity.mean[8].y).toBe(20);
  });

  test('run over powers of ten that hold the largest norm, and three below it', () => {
    expect(panel.window.floor).toBe(-2);
    expect(panel.window.top).toBeCloseTo(Math.log10(20) + 0.1, 12);
  });
});

test('a stream whose curves never fall is shown at its first switch, one without switches not at all', () => {
  const flat = { ...smallPlan, methods: [{ label: 'er', fall: 0, tau: 1, loss: 0 }], noise: 0 };
  expect(shownSwitch(groupOf(measured(['er'], flat)))).toEqual({ task: 1, after: 40, before: 8 });
  const long = { ...flat, updatesPerTask: 400 };
  expect(shownSwitch(groupOf(measured(['er'], long)))).toEqual({ task: 1, after: 150, before: 30 });
  expect(shownSwitch(groupOf(makeExperiment({ ...flat, tasks: ['all'] })))).toBeNull();
});

test('sizes at the switches are means over all of them and all seeds', () => {
  const [series] = twoSided(groupOf(measured(['er'])));
  const { before, first, next } = switchSizes(series);
  // Before the first switch there is no stability side, before the second it is 0.1.
  expect(before).toBeCloseTo(0.1, 12);
  expect(first).toEqual({ plasticity: 15, stability: 0 });
  const harmonic = Array.from({ length: 10 }, (_, i) => 15 / (i + 2)).reduce((sum, value) => sum + value, 0) / 10;
  expect(next.plasticity).toBeCloseTo(harmonic, 12);
  expect(next.stability).toBeCloseTo(0.1, 12);
  expect(next.cosine).toBeCloseTo(-0.5, 12);
});

describe('the figure', () => {
  const draw = (change: (log: GradientLog) => GradientLog): string => {
    const group = groupOf(measured(['er'], { ...smallPlan, seeds: [1] }, change));
    const [panel] = gradientPanels(group, { task: 1, after: 40, before: 8 });
    return renderSvg(gradientFigure(panel));
  };
  /** Places of the drawing that lines in a colour pass. */
  const heights = (svg: string, color: string): number[] =>
    [...svg.matchAll(/<path[^>]*>/g)]
      .map(([path]) => path)
      .filter((path) => new RegExp(`stroke="${color}"`, 'i').test(path))
      .flatMap((path) => [...path.match(/ d="([^"]*)"/)![1].matchAll(/[ML]?(-?[\d.]+)[ ,](-?[\d.]+)/g)])
      .map(([, , y]) => Number(y));

  test('is the same drawing every time', () => {
    expect(draw((log) => log)).toBe(draw((log) => log));
  });

  test('keeps a spike that lasts one update of very many', () => {
    const many = 6000;
    const flat = Array.from({ length: many }, (_, i) => ({ x: i, y: i === 2345 ? 5 : 1 }));
    const window = { task: 1, before: 0, after: many, floor: -2, top: 1 };
    const none = { mean: [], band: null };
    const svg = renderSvg(
      gradientFigure({
        title: 'er',
        subtitle: '',
        plasticity: none,
        stability: { mean: flat, band: null },
        cosine: none,
        window,
      }),
    );
    const ys = heights(svg, '#0072b2');
    // Far fewer points than updates, and both levels among them.
    expect(ys.length).toBeGreaterThan(100);
    expect(ys.length).toBeLessThan(many);
    expect(new Set(ys).size).toBe(2);
    expect(svg.length).toBeLessThan(200_000);
  });

  test('draws norms of 0 on its lower edge, and no number that is none', () => {
    const svg = draw((log) => ({ ...log, stability: log.stability.map((value) => (Number.isNaN(value) ? NaN : 0)) }));
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(new Set(heights(svg, '#0072b2')).size).toBe(1);
  });

  test('marks a cosine that stands alone', () => {
    const alone = draw((log) => ({ ...log, cosine: log.cosine.map((_, row) => (row === 50 ? -0.5 : NaN)) }));
    const none = draw((log) => ({ ...log, cosine: log.cosine.map(() => NaN) }));
    expect(alone.length).toBeGreaterThan(none.length);
  });
});

test('the report has them where runs measured them, and else does not speak of them', async () => {
  const [without, having] = [await renderReport(makeExperiment()), await renderReport(measured(['er']))];
  expect(having).toContain('Gradients in two sides');
  expect(having.split('<img').length).toBe(without.split('<img').length + 1);
  expect(having).toContain('the stability side was 0 with er: norms');
  expect(without).not.toMatch(/Gradients|plasticity: first/);
  const both = measured(['er', 'finetune']);
  const runs = both.runs.map((run) =>
    run.record.method.label === 'er'
      ? run
      : { ...run, gradients: { ...run.gradients!, plasticity: new Float64Array(updates).fill(NaN) } },
  );
  expect(await renderReport({ ...both, runs })).toContain('One side only: finetune.');
});

import { describe, expect, test } from 'vitest';
import { curveFigure } from '../../reports/charts/curveFigure.ts';
import { curvePanels, intervalsOf, pointsOf } from '../../reports/charts/curves.ts';
import { renderSvg } from '../../reports/charts/svg.ts';
import { px } from '../../reports/charts/theme.ts';
import { groupRuns } from '../../analysis/index.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

const oneSeed = groupRuns(makeExperiment({ ...smallPlan, seeds: [1] }))[0];
const twoSeeds = groupRuns(makeExperiment())[0];

describe('curvePanels', () => {
  test('holds every evaluation of every task of a single run', () => {
    curvePanels(oneSeed).forEach(({ curves }, i) => {
      const { steps, values } = oneSeed.series[i].runs[0].accuracy;
      curves.forEach(({ task, lines, band }) => {
        const evaluated = Array.from(values[task], (y, row) => ({ x: steps[row], y })).filter(
          ({ y }) => !Number.isNaN(y),
        );
        expect(evaluated).toHaveLength(41 * (3 - task));
        expect(lines).toEqual([evaluated]);
        expect(band).toBeNull();
      });
    });
  });

  test('draws the mean of several seeds, in a band from the lowest to the highest', () => {
    const [er] = curvePanels(twoSeeds).slice(1);
    const [a, b] = twoSeeds.series[1].runs.map(({ accuracy }) => accuracy.values[0]);
    const { lines, band } = er.curves[0];
    expect(er.subtitle).toBe('2 seeds: mean, lowest to highest');
    expect(lines[0].map(({ y }) => y)).toEqual(Array.from(a, (y, row) => (y + b[row]) / 2));
    expect(band!.low.map(({ y }) => y)).toEqual(Array.from(a, (y, row) => Math.min(y, b[row])));
    expect(band!.high.map(({ y }) => y)).toEqual(Array.from(a, (y, row) => Math.max(y, b[row])));
  });

  test('draws one line a seed where the seeds were not evaluated at the same updates', () => {
    const [series] = oneSeed.series;
    const longer = groupRuns(makeExperiment({ ...smallPlan, seeds: [2], updatesPerTask: 50 }))[0].series[0];
    const mixed = { ...oneSeed, series: [{ ...series, runs: [...series.runs, ...longer.runs] }] };
    const [{ curves, subtitle }] = curvePanels(mixed);
    expect(subtitle).toBe('2 seeds: one line each');
    expect(curves[0].lines.map((line) => line.length)).toEqual([123, 153]);
  });

  test('calls the tasks by number where their names do not fit side by side', () => {
    const long = { ...smallPlan, tasks: ['aquatic mammals of the sea', 'fish', 'flowers'], seeds: [1] };
    expect(curvePanels(oneSeed)[0].labels).toEqual(['0/1', '2/3', '4/5']);
    expect(curvePanels(groupRuns(makeExperiment(long))[0])[0].labels).toEqual(['1', '2', '3']);
  });
});

test('intervalsOf gives the updates between the switches', () => {
  expect(intervalsOf(oneSeed.series[0].runs[0].accuracy)).toEqual([
    { task: 0, from: 0, to: 40 },
    { task: 1, from: 40, to: 80 },
    { task: 2, from: 80, to: 120 },
  ]);
});

test('pointsOf starts at the first evaluation and keeps later holes', () => {
  expect(pointsOf([0, 1, 2, 3], [NaN, 0.5, NaN, 0.25])).toEqual([
    { x: 1, y: 0.5 },
    { x: 2, y: NaN },
    { x: 3, y: 0.25 },
  ]);
});

describe('renderSvg', () => {
  const figure = curveFigure(curvePanels(oneSeed)[1]);
  const svg = renderSvg(figure);

  test('gives the same bytes for the same figure', () => {
    expect(renderSvg(curveFigure(curvePanels(oneSeed)[1]))).toBe(svg);
  });

  test('draws text as outlines, so that no font is needed to read it, and refers to nothing outside', () => {
    expect(svg).not.toMatch(/<text|font-family|<image|href="(?!#)/);
    const bare = renderSvg({ ...figure, overlay: undefined });
    expect(svg.length).toBeGreaterThan(bare.length + 1000);
  });

  test('has the size of the figure in CSS pixels, on a canvas that is finer', () => {
    expect(svg).toMatch(/^<svg [^>]*width="560" height="320" viewBox="0 0 2240 1280">/);
    expect(px(560)).toBe(2240);
  });

  test('does not lose a dip that lasts one evaluation out of ten thousand', () => {
    const drawn = (dip: number): number => {
      const data = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 6789 ? dip : 0.9 }));
      const scales = { x: { ...figure.scales!.x, max: 9999 }, y: figure.scales!.y };
      const line = {
        ...figure,
        scales,
        underlay: undefined,
        overlay: undefined,
        datasets: [{ data, pointRadius: 0, borderColor: '#123456' }],
      };
      const [, path] = renderSvg(line).match(/stroke="#123456"[^>]* d="([^"]*)"/)!;
      return Math.max(...[...path.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y)));
    };
    const [none, half] = [drawn(0.9), drawn(0.4)];
    // The axis runs from 0 to 1, so twice the dip is twice as deep.
    expect(half).toBeGreaterThan(none + 300);
    expect(drawn(0.65) - none).toBeCloseTo((half - none) / 2, 0);
  });
});

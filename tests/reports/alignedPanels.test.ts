import { expect, test } from 'vitest';
import { reportData } from '../../reports/data.ts';
import { alignedFigure } from '../../reports/charts/alignedFigure.ts';
import { alignedPanel, alignedWindow, gapsInWords } from '../../reports/charts/alignedPanels.ts';
import { curvePanels } from '../../reports/charts/curves.ts';
import { renderSvg } from '../../reports/charts/svg.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

const [group] = reportData(makeExperiment({ ...smallPlan, seeds: [1] })).groups;
const panelOf = (i: number) => alignedPanel(group.series[i], group.gaps, curvePanels(group)[i]);

test('every old task has a trace at every switch, with the switch at 0', () => {
  const { traces } = panelOf(1);
  // The first task at both switches, the second at the second.
  expect(traces.map(({ task, next }) => [task, next])).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
  const { steps, values } = group.series[1].runs[0].accuracy;
  for (const { task, next, points } of traces) {
    expect(points.at(-1)!.x).toBe(40);
    expect(points[0].x).toBe(-40);
    for (const { x, y } of points) {
      const rows = [...steps.keys()].filter((row) => steps[row] === x + 40 * next);
      expect(rows.map((row) => values[task][row])).toContain(y);
    }
  }
});

test('the dot is at the deepest fall below the switch, which the gaps know too', () => {
  const { lowest } = panelOf(1);
  const own = group.gaps.filter(({ series }) => series === group.series[1]).map(({ gap }) => gap);
  const deepest = own.reduce((a, b) => (b.depth > a.depth ? b : a));
  expect(lowest).toMatchObject({
    at: { x: deepest.minimumStep - deepest.switchStep, y: deepest.minimum },
    reference: deepest.reference,
    trace: { task: deepest.taskIndex, next: deepest.switchIndex },
  });
});

test('gaps are counted and averaged in words', () => {
  const series = group.series[0];
  const seen = (depth: number, recoveryTime: number | null) => ({
    series,
    run: series.runs[0],
    gap: { ...group.gaps[0].gap, depth, recoveryTime, recoveryStep: recoveryTime, censored: recoveryTime === null },
  });
  expect(gapsInWords([seen(0.2, 10), seen(0.4, 21), seen(0.6, null), seen(-0.1, null)])).toBe(
    '3 gaps, 0.40 deep on average; 2 closed, after 16 updates on average',
  );
  expect(gapsInWords([seen(0.5, null)])).toBe('1 gap, 0.50 deep on average; none closed');
  expect(gapsInWords([seen(0, null)])).toBe('nothing fell');
});

test('the picture has a curve for every trace, and the same bytes when drawn again', () => {
  const window = alignedWindow(group)!;
  expect(window.after).toBeLessThanOrEqual(40);
  const figure = () => alignedFigure(panelOf(1), window, 3);
  expect(figure().datasets).toHaveLength(3);
  expect(renderSvg(figure())).toBe(renderSvg(figure()));
});

test('a single task has no switch to show', () => {
  const [single] = reportData(makeExperiment({ ...smallPlan, tasks: ['0/1'] })).groups;
  expect(alignedWindow(single)).toBeNull();
});

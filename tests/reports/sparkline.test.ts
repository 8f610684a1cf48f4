import { expect, test } from 'vitest';
import { groupRuns } from '../../analysis/index.ts';
import { curvePanels } from '../../reports/charts/curves.ts';
import { sparkline } from '../../reports/charts/sparkline.ts';
import { levels, multiples, multiplesRow } from '../../reports/page/multiples.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

const intervals = [
  { task: 0, from: 0, to: 4 },
  { task: 1, from: 4, to: 8 },
];

test('a small curve in its band, with the switch and the time of training', () => {
  const points = (...ys: number[]) => ys.map((y, i) => ({ x: 2 * i, y }));
  const band = { low: points(0, 1, 0.4, 0.4, 0.9), high: points(0, 1, 0.6, 0.6, 0.9) };
  const curve = { task: 0, lines: [points(0, 1, 0.5, NaN, 0.9)], band };
  expect(sparkline({ curve, intervals, title: 'er on a' })).toMatchInlineSnapshot(
    `"<svg class="spark" role="img" aria-label="er on a" viewBox="0 0 132 44" width="132" height="44" fill="currentColor"><rect x="0" width="66" height="44" opacity=".1"/><path d="M0 44H132M66 0V44" stroke="currentColor" stroke-width=".6" opacity=".45"/><path d="M0 43L33 1L66 17.8L99 17.8L132 5.2L132 5.2L99 26.2L66 26.2L33 1L0 43Z" opacity=".25"/><path d="M0 43L33 1L66 22M132 5.2" fill="none" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"/></svg>"`,
  );
});

test('levels are those at the end, and the lowest once the task was trained: by hand', () => {
  const line = [0.1, 0.9, 0.3, 0.6, 0.7].map((y, i) => ({ x: 2 * i, y }));
  expect(levels({ task: 0, lines: [line], band: null }, intervals)).toEqual({ last: 0.7, low: 0.3 });
  expect(levels({ task: 1, lines: [line], band: null }, intervals)).toEqual({ last: 0.7, low: null });
  expect(levels({ task: 1, lines: [[]], band: null }, intervals)).toEqual({ last: null, low: null });
});

test('there is a cell for every method and task', () => {
  const group = groupRuns(makeExperiment(smallPlan))[0];
  const { source } = multiples(
    curvePanels(group).map((panel) => multiplesRow(panel, group.tasks)),
    group.tasks,
  );
  expect(source.split('<svg class="spark"')).toHaveLength(1 + 2 * 3);
  expect(source).toMatch(/aria-label="er on 0\/1: ends at 0\.9\d, lowest 0\.\d\d"/);
});

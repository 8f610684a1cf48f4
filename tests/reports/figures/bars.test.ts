import { expect, test } from 'vitest';
import { groupRuns } from '../../../analysis/index.ts';
import { runMetrics } from '../../../metrics/index.ts';
import { barPanel, barsSheet } from '../../../reports/figures/bars.ts';
import { figureStyles } from '../../../reports/figures/style.ts';
import { makeExperiment, smallPlan } from '../fixture.ts';
import { rounded, snapshotOf, textsOf } from './snapshot.ts';

const metric = runMetrics.find(({ name }) => name === 'min-acc')!;
const constant = (values: readonly (number | null)[]) => {
  let at = 0;
  return { ...metric, compute: () => values[at++] };
};
const seriesOf = (plan = smallPlan) => groupRuns(makeExperiment(plan))[0].series;

test('a bar a method with its interval and seeds', async () => {
  const sheet = barsSheet(barPanel(seriesOf(), metric)!, 234, figureStyles.paper);
  await expect(rounded(sheet)).toMatchFileSnapshot(snapshotOf('bars'));
});

test('intervals are those of Student’s t', () => {
  const series = seriesOf({ ...smallPlan, methods: smallPlan.methods.slice(0, 1), seeds: [1, 2, 3] });
  const [bar] = barPanel(series, constant([0.9, 0.92, 0.94]))!.bars;
  expect(bar.mean).toBeCloseTo(0.92, 12);
  // 4.3027 (two degrees of freedom) · 0.02 / √3 = 0.049683
  expect(bar.interval![0]).toBeCloseTo(0.92 - 0.049683, 5);
  expect(bar.interval![1]).toBeCloseTo(0.92 + 0.049683, 5);
});

test('a method without the metric is said to be undefined; no figure without any value', () => {
  const panel = barPanel(seriesOf(), constant([null, null, 0.5, 0.6]))!;
  expect(panel.bars[0]).toMatchObject({ mean: null, interval: null, values: [] });
  expect(textsOf(barsSheet(panel, 234, figureStyles.paper))).toContain('undefined');
  expect(barPanel(seriesOf(), constant([null, null, null, null]))).toBeNull();
});

import { expect, test } from 'vitest';
import { groupRuns } from '../../../analysis/index.ts';
import { curvePanels } from '../../../reports/charts/curves.ts';
import { curvesSheet } from '../../../reports/figures/curves.ts';
import { figureStyles } from '../../../reports/figures/style.ts';
import { makeExperiment, smallPlan } from '../fixture.ts';
import { rounded, snapshotOf, textsOf } from './snapshot.ts';

const panelsOf = (plan = smallPlan) => curvePanels(groupRuns(makeExperiment(plan))[0]);

test('curves of every task with bands over the seeds', async () => {
  const sheet = curvesSheet(panelsOf(), 234, figureStyles.paper);
  await expect(rounded(sheet)).toMatchFileSnapshot(snapshotOf('curves'));
});

test('a figure names methods, tasks, axes and what the bands are', () => {
  const texts = textsOf(curvesSheet(panelsOf(), 234, figureStyles.paper));
  for (const text of [...smallPlan.tasks, 'finetune', 'er', 'accuracy', 'updates', '2 seeds: mean, lowest to highest'])
    expect(texts).toContain(text);
});

test('many tasks are named by the first and the last', () => {
  const tasks = Array.from({ length: 15 }, (_, i) => `t${i}`);
  const texts = textsOf(curvesSheet(panelsOf({ ...smallPlan, tasks, updatesPerTask: 10 }), 234, figureStyles.paper));
  expect(texts).toContain('tasks t0 to t14, in order');
});

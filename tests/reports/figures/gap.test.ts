import { expect, test } from 'vitest';
import { reportData } from '../../../reports/data.ts';
import { gapSheet } from '../../../reports/figures/gap.ts';
import { gapPanels } from '../../../reports/figures/gapPanels.ts';
import { figureStyles } from '../../../reports/figures/style.ts';
import { makeExperiment, smallPlan } from '../fixture.ts';
import { rounded, snapshotOf, textsOf } from './snapshot.ts';

const [group] = reportData(makeExperiment()).groups;
const shown = gapPanels(group)!;

test('every switch at 0, with the deepest gap marked', async () => {
  const sheet = gapSheet(shown, smallPlan.tasks, 234, figureStyles.paper);
  await expect(rounded(sheet)).toMatchFileSnapshot(snapshotOf('gap'));
});

test('each panel says how deep the gaps are and how many closed, as the report does', () => {
  const texts = textsOf(gapSheet(shown, smallPlan.tasks, 234, figureStyles.paper));
  shown.panels.forEach(({ depth, closed, gaps }, i) => {
    expect(texts).toContain(`mean depth ${depth!.toFixed(2)}`);
    const own = group.gaps.filter(({ series, gap }) => series === group.series[i] && gap.depth > 0);
    expect([closed, gaps]).toEqual([own.filter(({ gap }) => gap.recoveryStep !== null).length, own.length]);
  });
  // One old task at the first switch and two at the second, for two seeds.
  expect(shown.panels[0].gaps).toBe(6);
});

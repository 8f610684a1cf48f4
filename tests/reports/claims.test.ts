import { expect, test } from 'vitest';
import { reportData } from '../../reports/data.ts';
import { claims, closedClaims } from '../../reports/claims.ts';
import { columnTests } from '../../reports/significance.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

const groupOf = (seeds: readonly number[]) => reportData(makeExperiment({ ...smallPlan, seeds })).groups[0];

test('claims say who is best on what, by which test over how many seeds', () => {
  const group = groupOf([1, 2, 3]);
  const [acc] = claims(group, columnTests(group, group.table));
  expect(acc).toMatch(
    /^ACC: er is best with 0\.9\d\d; better than finetune \(paired t test over 3 seeds, Holm, p (≤ 0\.\d{3}|< 0\.001)\)\.$/,
  );
});

test('nothing is claimed of one seed', () => {
  const group = groupOf([1]);
  expect(claims(group, columnTests(group, group.table))).toEqual([
    'Nothing here is tested: that takes two seeds at least for which every method has a value.',
  ]);
});

test('closed gaps are counted for every method, over its seeds', () => {
  // Three old tasks at switches (1 + 2) in two seeds; finetune keeps nothing, so that a task that is at 0 has no gap left.
  const group = groupOf([1, 2]);
  const text = closedClaims(group)!;
  for (const { label } of group.series) {
    const own = group.gaps.filter(({ series, gap }) => series.label === label && gap.depth > 0);
    const closed = own.filter(({ gap }) => gap.recoveryStep !== null).length;
    expect(text).toContain(`${closed} of ${own.length} for ${label}`);
  }
});

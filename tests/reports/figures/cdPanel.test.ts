import { describe, expect, test } from 'vitest';
import { groupRuns, type Series } from '../../../analysis/index.ts';
import { runMetrics } from '../../../metrics/index.ts';
import { cdPanel, type CdPanel } from '../../../reports/figures/cdPanel.ts';
import { makeExperiment, smallPlan } from '../fixture.ts';

/** Scores by method and seed as series, and a metric that reads them. */
function scored(scores: Readonly<Record<string, readonly (number | null)[]>>) {
  const methods = Object.keys(scores).map((label) => ({ ...smallPlan.methods[0], label }));
  const seeds = Object.values(scores)[0].map((_, i) => i + 1);
  const series: readonly Series[] = groupRuns(makeExperiment({ ...smallPlan, methods, seeds, updatesPerTask: 2 }))[0].series; // prettier-ignore
  const values = new Map(
    series.flatMap(({ label, runs }) => runs.map((run) => [run.accuracy, scores[label][run.record.seed - 1]] as const)),
  );
  const metric = { ...runMetrics[0], compute: ({ accuracy }: (typeof series)[0]['runs'][0]) => values.get(accuracy)! };
  return [series, metric as unknown as (typeof runMetrics)[0]] as const;
}

/** Table 6 of Demšar 2006 (JMLR 7), AUC of C4.5 on 14 data sets with and without tuning m and the confidence. */
const demsar = {
  'C4.5': [0.763, 0.599, 0.954, 0.628, 0.882, 0.936, 0.661, 0.583, 0.775, 1.0, 0.94, 0.619, 0.972, 0.957],
  'C4.5+m': [0.768, 0.591, 0.971, 0.661, 0.888, 0.931, 0.668, 0.583, 0.838, 1.0, 0.962, 0.666, 0.981, 0.978],
  'C4.5+cf': [0.771, 0.59, 0.968, 0.654, 0.886, 0.916, 0.609, 0.563, 0.866, 1.0, 0.965, 0.614, 0.9751, 0.946],
  'C4.5+m+cf': [0.798, 0.569, 0.967, 0.657, 0.898, 0.931, 0.685, 0.625, 0.875, 1.0, 0.962, 0.669, 0.975, 0.97],
};

describe('a critical-difference diagram', () => {
  test('has the ranks, the difference and the groups of Demšar’s example', () => {
    const panel = cdPanel(...scored(demsar)) as CdPanel;
    // Printed there: average ranks 3.143, 2.000, 2.893, 1.964; CD at 0.10 is 1.12, at 0.05 with q = 2.569 it is 1.25.
    expect(panel.methods.map(({ label, rank }) => [label, Number(rank.toFixed(3))])).toEqual([
      ['C4.5+m+cf', 1.964],
      ['C4.5+m', 2],
      ['C4.5+cf', 2.893],
      ['C4.5', 3.143],
    ]);
    expect(panel.criticalDifference).toBeCloseTo(2.569 * Math.sqrt((4 * 5) / (6 * 14)), 3);
    expect(panel.groups).toEqual([[0, 1, 2, 3]]);
    expect(panel.caution).toBeNull();
  });

  test('says when so few seeds can never tell, or that nothing is shown', () => {
    const few = cdPanel(...scored({ a: [0.9, 0.9], b: [0.5, 0.5], c: [0.1, 0.1] })) as CdPanel;
    expect(few.criticalDifference).toBeGreaterThan(2);
    expect(few.caution).toBe('2 seeds can never tell 3 methods apart: more are needed');
    const even = [0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9];
    const mixed = cdPanel(...scored({ a: even, b: even.toReversed(), c: even.map(() => 0.5) })) as CdPanel;
    expect(mixed.caution).toBe('no method is shown to differ');
  });

  test('needs two seeds that every method has a value for', () => {
    expect(cdPanel(...scored({ a: [0.9, null, 0.8], b: [null, 0.5, 0.4] }))).toMatch(/^ranks need two seeds .* \(there is 1\)$/); // prettier-ignore
    expect(cdPanel(...scored({ a: [0.9, 0.8] }))).toBe('ranks need two methods or more');
  });
});

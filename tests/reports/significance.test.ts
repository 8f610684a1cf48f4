import { describe, expect, test } from 'vitest';
import { groupRuns } from '../../analysis/index.ts';
import { metricTable } from '../../reports/metricTable.ts';
import { marksInWords } from '../../reports/page/metricSection.ts';
import { metricTableHtml } from '../../reports/page/tables.ts';
import { columnTests } from '../../reports/significance.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

const groupOf = (seeds: readonly number[]) => groupRuns(makeExperiment({ ...smallPlan, updatesPerTask: 20, seeds }))[0];

function testsOf(seeds: readonly number[]) {
  const group = groupOf(seeds);
  const table = metricTable(group.series);
  return { table, tests: columnTests(group, table) };
}

describe('columnTests', () => {
  test('shows who does worse than the best of a column, where the falls differ greatly', () => {
    const { tests } = testsOf([1, 2, 3]);
    const acc = tests.find((one) => one?.metric.name === 'acc')!;
    expect(acc).toMatchObject({ best: 'er', differ: ['finetune'], open: [] });
    expect(acc.comparison).toMatchObject({ baseline: 'er', by: 'seed', pairs: ['1', '2', '3'], verdictBy: 't' });
  });

  test('tests nothing with one seed, nor where no best is named', () => {
    expect(testsOf([1]).tests.every((one) => one === null)).toBe(true);
    expect(testsOf([1, 2, 3]).tests.find((one) => one?.metric.name === 'recovery-time')).toBeUndefined();
  });

  test('stars in the table are those of the tests, and the marks say what they rest on', () => {
    const { table, tests } = testsOf([1, 2, 3]);
    const stars = metricTableHtml(table, tests).source.split('class="star"').length - 1;
    expect(stars).toBe(tests.reduce((sum, one) => sum + (one?.differ.length ?? 0), 0));
    expect(stars).toBeGreaterThan(0);
    const known = tests.filter((one) => one !== null);
    expect(marksInWords(known, 2)).toContain('paired t test, two-sided, paired by 3 seeds, Holm’s correction');
    expect(marksInWords(known, 2)).toContain('With so few seeds a test by ranks could never tell');
    expect(marksInWords([], 2)).toContain('No stars');
    const many = testsOf([1, 2, 3, 4, 5, 6]).tests.filter((one) => one !== null);
    expect(marksInWords(many, 2)).toContain('Wilcoxon’s signed-rank test');
    expect(marksInWords(many, 2)).not.toContain('so few seeds');
  });
});

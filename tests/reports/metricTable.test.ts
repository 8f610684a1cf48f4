import { array, assert, double, option, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanAndStd } from '../../metrics/index.ts';
import type { RunMetric } from '../../metrics/index.ts';
import { aggregate } from '../../reports/aggregate.ts';
import { groupRuns } from '../../analysis/index.ts';
import { cellOf, metricTable } from '../../reports/metricTable.ts';
import { metricTableHtml } from '../../reports/page/tables.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

const metric = (name: string, values: readonly (number | null)[], rest: Partial<RunMetric> = {}): RunMetric => {
  const remaining = [...values];
  const compute = (): number | null => remaining.shift()!;
  return {
    name,
    title: name,
    definition: `what "${name}" is`,
    source: 'here',
    unit: 'accuracy',
    direction: 'higher',
    range: [0, 1],
    from: 'log',
    functions: [],
    compute,
    ...rest,
  };
};

const { series } = groupRuns(makeExperiment({ ...smallPlan, seeds: [1, 2, 3] }))[0];

describe('metricTable', () => {
  // Worked by hand: .2, .4, .9 have mean .5 and sample variance (.09 + .01 + .16) / 2 = .13.
  const values = [0.2, 0.4, 0.9, 0.7, null, 0.9];

  test('gives the mean and the sample standard deviation over the seeds that have a value', () => {
    const table = metricTable(series, [metric('m', values)]);
    expect(table.rows.map(({ series: { label } }) => label)).toEqual(['finetune', 'er']);
    expect(cellOf(table, 0, 'm')).toMatchObject({
      mean: expect.closeTo(0.5, 12),
      std: expect.closeTo(Math.sqrt(0.13), 12),
      n: 3,
    });
    expect(cellOf(table, 1, 'm')).toMatchObject({
      mean: expect.closeTo(0.8, 12),
      std: expect.closeTo(Math.sqrt(0.02), 12),
      n: 2,
    });
  });

  test('says nothing about a metric that no run has, nor about the spread of a single value', () => {
    const table = metricTable(series, [metric('m', [null, null, null, 0.7, null, null])]);
    expect(cellOf(table, 0, 'm')).toEqual({ mean: null, std: null, n: 0, best: false });
    expect(cellOf(table, 1, 'm')).toEqual({ mean: 0.7, std: null, n: 1, best: false });
    expect(cellOf(table, 0, 'unheard of')).toBeNull();
  });

  test('has no column for what only some runs measure where none of these does', () => {
    const none = metric('asked', Array(6).fill(null), { onRequest: true });
    const one = metric('asked', [null, null, null, 0.7, null, null], { onRequest: true });
    const other = metric('m', values);
    expect(metricTable(series, [none, other]).metrics.map(({ name }) => name)).toEqual(['m']);
    expect(cellOf(metricTable(series, [one, other]), 1, 'asked')).toMatchObject({ mean: 0.7, n: 1 });
  });

  test('calls the highest mean the best, or the lowest where less is better', () => {
    const table = metricTable(series, [metric('up', values), metric('down', values, { direction: 'lower' })]);
    expect(table.rows.map(({ cells }) => cells.map(({ best }) => best))).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  test('calls means the best together that look alike, and none where all look alike', () => {
    const three = groupRuns(
      makeExperiment({
        ...smallPlan,
        seeds: [1],
        methods: ['a', 'b', 'c'].map((label) => ({ ...smallPlan.methods[0], label })),
      }),
    )[0].series;
    const bests = (column: number[]): boolean[] =>
      metricTable(three, [metric('m', column)]).rows.map(({ cells }) => cells[0].best);
    expect(bests([0.90001, 0.90002, 0.5])).toEqual([true, true, false]);
    expect(bests([0.90001, 0.90002, 0.90003])).toEqual([false, false, false]);
  });

  test.each(['recovery-time', 'rag'])('never calls a %s the best: the worst method can look best on it', (name) => {
    const table = metricTable(series, [metric(name, values, { direction: 'lower' })]);
    expect(table.rows.flatMap(({ cells }) => cells.map(({ best }) => best))).toEqual([false, false]);
  });

  test('shows three decimals, the best in bold, n where it is not that of the row, and the definition', () => {
    const { source } = metricTableHtml(metricTable(series, [metric('m', values), metric('none', Array(6).fill(null))]));
    expect(source).toContain('>0.500 ±\u00a00.361</td>');
    expect(source).toContain('><strong>0.800 ±\u00a00.141</strong> <span class="n">n 2</span></td>');
    expect(source).toContain(
      '<button type="button" class="term" popovertarget="tip-all-metrics-m"><span>m</span> ↑</button>',
    );
    expect(source).toContain('id="tip-all-metrics-m"><strong>m</strong> what &quot;m&quot; is</div>');
    expect(source).toContain('<td data-v="–">–</td>');
  });
});

test('aggregate agrees with meanAndStd, a second implementation, on any values', () => {
  const value = option(double({ min: -1, max: 1, noNaN: true }), { nil: null });
  const near = (a: number | null, b: number | null): boolean =>
    a === null || b === null ? a === b : Math.abs(a - b) < 1e-10;
  assert(
    property(array(value, { minLength: 1, maxLength: 12 }), (values) => {
      const expected = meanAndStd(values);
      const [row] = aggregate(values.map((one) => ({ series: 's', metric: 'm', value: one })));
      expect(row.n).toBe(expected.n);
      expect(row).toSatisfy(() => near(row.mean, expected.mean) && near(row.std, expected.std));
    }),
  );
});

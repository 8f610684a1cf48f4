import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvTable, paperTables } from '../../../reports/index.ts';
import { csvCell } from '../../../reports/tables/csv.ts';
import { withRecord } from '../fixture.ts';
import { scoredExperiment, threeSeeds } from './scored.ts';

test('a line for each method and metric, exactly', () => {
  const [table] = paperTables([scoredExperiment({ a: [0.5, 0.75], b: [0.25, 0.5] })], { metrics: ['acc'] });
  expect(csvTable([table])).toBe(
    `experiment,stream,scenario,tasks,protocol,method,metric,unit,better,n,mean,std,ci95_half_width,place,reference,p_holm,verdict,left_out
made-up,split-digits,class,2,1,a,acc,accuracy,higher,2,0.625,0.1767766952966369,${table.rows[0].cells[0]!.halfWidth},best,a,,,
made-up,split-digits,class,2,1,b,acc,accuracy,higher,2,0.375,0.1767766952966369,${table.rows[1].cells[0]!.halfWidth},,a,,not shown,
`,
  );
  // t of one degree of freedom at .975 is 12.7062.
  expect(table.rows[0].cells[0]!.halfWidth).toBeCloseTo((12.7062 * 0.1767767) / Math.SQRT2, 4);
});

test('another reader finds full numbers, names with commas and quotation marks, and what was left out', () => {
  const { runs, ...rest } = scoredExperiment(threeSeeds, { name: 'my "own", one' });
  const broken = runs.map((run) =>
    run.record.method.label === 'c' || run.record.run === 'a-seed1'
      ? withRecord(run, (record) => ({ ...record, status: 'failed', reason: 'line one\nline "two", end' }))
      : run,
  );
  const tables = paperTables([{ ...rest, runs: broken }], { metrics: ['acc', 'min-acc'] });
  const rows: Record<string, string>[] = parse(csvTable(tables), { columns: true });
  expect(rows.map(({ method, metric, n }) => [method, metric, n])).toEqual([
    ['a', 'acc', '2'],
    ['a', 'min-acc', '2'],
    ['b', 'acc', '3'],
    ['b', 'min-acc', '3'],
    ['c', '', ''],
  ]);
  expect(rows[0].left_out).toBe('a-seed1 (failed: line one\nline "two", end)');
  expect(rows[4].left_out).toContain('c-seed3 (failed: ');
  expect(new Set(rows.map(({ experiment }) => experiment))).toEqual(new Set(['my "own", one']));
  expect(Number(rows[2].mean)).toBe(tables[0].rows[1].cells[0]!.mean);
});

test.each([
  [null, ''],
  [0.1 + 0.2, '0.30000000000000004'],
  ['a,b', '"a,b"'],
  ['say "a"', '"say ""a"""'],
  ['a\r\nb', '"a\r\nb"'],
  [' a ', ' a '],
])('%j is written as %s', (cell, expected) => {
  expect(csvCell(cell)).toBe(expected);
});

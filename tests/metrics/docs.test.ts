import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { runMetrics } from '../../metrics/index.ts';

it('docs/metrics.md lists the metrics of a report in their order', () => {
  const page = readFileSync(join(packageRoot, 'docs/metrics.md'), 'utf8');
  const [, table] = page.split('| name ');
  const firstCells = table
    .split('\n## ')[0]
    .split('\n')
    .map((line) => line.split('|')[1] ?? '');
  const listed = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(listed).toEqual(runMetrics.map(({ name }) => name));
});

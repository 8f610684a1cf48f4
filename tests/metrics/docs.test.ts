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

it('docs/metrics.md names every function that is a metric or part of one', () => {
  const page = readFileSync(join(packageRoot, 'docs/metrics.md'), 'utf8');
  const index = readFileSync(join(packageRoot, 'metrics/index.ts'), 'utf8');
  // Lists and schedules are no metrics; statistics are described where they are used.
  const others = new Set(['fadingFactor', 'listMetrics', 'medianFilter', 'refinedSchedule', 'lifetimeOptionsSchema']);
  const exported = [...index.matchAll(/^export \{([^}]*)\} from '\.\/(?!stats\/|events)/gm)].flatMap(([, list]) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ') && !others.has(name)),
  );
  expect(exported.length).toBeGreaterThan(40);
  expect(exported.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
});

it('links within docs/metrics.md lead somewhere', () => {
  const page = readFileSync(join(packageRoot, 'docs/metrics.md'), 'utf8');
  const anchors = new Set(
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
  const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});

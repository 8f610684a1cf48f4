import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { createSampleBuilder } from '../../logs/index.ts';
import { alarmKinds, monitorSamples, runMetrics } from '../../metrics/index.ts';

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
  const exported = functionsFrom(index, /^export \{([^}]*)\} from '\.\/(?!stats\/|monitor\/)/gm).filter(
    (name) => !others.has(name),
  );
  expect(exported.length).toBeGreaterThan(40);
  expect(exported.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
});

it('docs/monitor.md names every function of the monitor', () => {
  const page = readFileSync(join(packageRoot, 'docs/monitor.md'), 'utf8');
  const index = readFileSync(join(packageRoot, 'metrics/index.ts'), 'utf8');
  const exported = functionsFrom(index, /^export \{([^}]*)\} from '\.\/monitor\//gm);
  expect(exported.length).toBeGreaterThan(20);
  // A list of the kinds, each of which is named.
  expect(exported.filter((name) => name !== 'alarmKinds' && !page.includes(`\`${name}`))).toEqual([]);
  expect(alarmKinds.filter((kind) => !page.includes(`**Alarm \`${kind}\`**`))).toEqual([]);
});

it('the example of docs/monitor.md prints what the page says', () => {
  const page = readFileSync(join(packageRoot, 'docs/monitor.md'), 'utf8');
  const [, code, output] = /```ts\n(.*?)```\n\n```text\n(.*?)```/s.exec(page)!;
  const printed: string[] = [];
  const scope = { createSampleBuilder, monitorSamples, console: { log: (line: string) => printed.push(line) } };
  new Function(...Object.keys(scope), code.replaceAll(/^import .*$/gm, ''))(...Object.values(scope));
  expect(`${printed.join('\n')}\n`).toBe(output);
});

/** Names of functions that an index exports from the files that the pattern finds. */
function functionsFrom(index: string, pattern: RegExp): string[] {
  return [...index.matchAll(pattern)].flatMap(([, list]) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  );
}

it.each(['docs/metrics.md', 'docs/monitor.md'])('links within %s lead somewhere', (file) => {
  const page = readFileSync(join(packageRoot, file), 'utf8');
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

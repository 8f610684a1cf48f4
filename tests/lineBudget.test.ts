import { expect, test } from 'vitest';
import { layers, sourcesIn } from './sources.ts';

/** A file longer than this does more than one thing. */
const budget = 400;

test(`no source file is longer than ${budget} lines`, () => {
  const lengths = [...layers, 'perf', 'tools', 'tests'].flatMap((folder) =>
    sourcesIn(folder).map(({ path, text }) => ({ folder, path, lines: text.split('\n').length - 1 })),
  );
  const totals: Record<string, number> = {};
  for (const { folder, lines } of lengths) totals[folder] = (totals[folder] ?? 0) + lines;
  console.info(
    `lines: ${Object.entries(totals)
      .map(([folder, lines]) => `${folder} ${lines}`)
      .join(', ')}`,
  );
  expect(lengths.filter(({ lines }) => lines > budget).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

import { expect, test } from 'vitest';
import { terminalTable } from '../../reports/index.ts';
import { makeExperiment } from './fixture.ts';

test('metrics that do not fit a line go below, beside the methods again, and none is lost', () => {
  const experiment = makeExperiment();
  const [wide] = terminalTable(experiment).split('\n');
  const parts = terminalTable(experiment, 60).trimEnd().split('\n\n');
  expect(parts.length).toBeGreaterThan(1);
  for (const part of parts) {
    const lines = part.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.map((line) => line.split(/ +/)[0])).toEqual(['method', 'finetune', 'er']);
  }
  const heads = parts.map((part) =>
    part
      .split('\n')[0]
      .replace(/^method +seeds +/, '')
      .split(/ {2,}/),
  );
  expect(heads.flat()).toEqual(wide.replace(/^method +seeds +/, '').split(/ {2,}/));
});

test('a table is never without a metric, however narrow', () => {
  const parts = terminalTable(makeExperiment(), 5).trimEnd().split('\n\n');
  expect(parts).toHaveLength(7);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { detectEvents, eventKinds } from '../../../metrics/index.ts';

const page = readFileSync(join(packageRoot, 'docs', 'events.md'), 'utf8');

/** The names in the first column of the table whose header starts so. */
function namesIn(header: string): string[] {
  const [, after] = page.split(header);
  const [table] = after.split('\n\n');
  return table
    .split('\n')
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
}

/** The log of the page's example. */
const log = {
  measure: 'accuracy',
  higherIsBetter: true,
  tasks: ['a', 'b'],
  steps: Float64Array.of(10, 20, 30, 40),
  trainingTask: Int32Array.of(0, 1, 1, 1),
  values: [Float64Array.of(0.9, 0.6, 0.75, 0.89), Float64Array.of(NaN, 0.5, 0.8, 0.9)],
  counts: [new Float64Array(4).fill(1000), new Float64Array(4).fill(1000)],
};

test('docs/events.md lists the kinds and the fields of an event', () => {
  expect(namesIn('| kind ').toSorted()).toEqual([...eventKinds].toSorted());
  const [event] = detectEvents(log);
  expect(namesIn('| field ').toSorted()).toEqual(
    Object.keys(event)
      .filter((key) => key !== 'kind')
      .toSorted(),
  );
});

test('its example gives what it says', () => {
  for (const line of ["tasks: ['a', 'b']", 'Float64Array.of(0.9, 0.6, 0.75, 0.89)', 'new Float64Array(4).fill(1000)'])
    expect(page).toContain(line);
  const [event] = detectEvents(log);
  expect(event).toMatchObject({ kind: 'stability_gap', minimumStep: 20, recoveryStep: 40 });
  expect(event.depth).toBeCloseTo(0.3, 12);
  expect(event.z).toBeCloseTo(15.5, 1);
});

test('its parts that are generated are there, and its links within lead somewhere', () => {
  for (const name of ['bias', 'false alarms', 'above the level', 'real runs', 'power']) {
    const [, part] = page.split(`<!-- ${name} -->`);
    expect(part.split(`<!-- end of ${name} -->`)[0].trim().length).toBeGreaterThan(4);
  }
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replaceAll(' ', '-'));
  for (const [, anchor] of page.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(anchor);
});

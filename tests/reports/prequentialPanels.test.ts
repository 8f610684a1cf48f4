import { expect, test } from 'vitest';
import type { Experiment, PrequentialLog } from '../../logs/index.ts';
import { prequentialPanels } from '../../reports/charts/prequentialPanels.ts';
import { groupRuns } from '../../analysis/index.ts';
import { renderReport, terminalTable } from '../../reports/index.ts';
import { makeExperiment, smallPlan } from './fixture.ts';

/** Three batches of one sample on the first task, right, wrong and right, and two on the third. */
const log: PrequentialLog = {
  steps: Float64Array.of(0, 1, 2, 3, 4),
  tasks: ['0/1', '4/5'],
  trainingTask: Int32Array.of(0, 0, 0, 1, 1),
  counts: Float64Array.of(1, 1, 1, 1, 1),
  accuracy: Float64Array.of(1, 0, 1, 0, 0),
  loss: Float64Array.of(0.1, 2, 0.1, 2, 2),
};

const plain = makeExperiment({ ...smallPlan, updatesPerTask: 12 });
const scored: Experiment = { ...plain, runs: plain.runs.map((run) => ({ ...run, prequential: log })) };

test('a panel shows the fading accuracy after every batch, in the curve of the task in training', () => {
  const [panel, second] = prequentialPanels(groupRuns(scored)[0]);
  expect([panel.title, second.title]).toEqual(['finetune', 'er']);
  const drawn = panel.curves.map(({ lines }) => lines[0].filter(({ y }) => !Number.isNaN(y)));
  expect(drawn.map((points) => points.map(({ x }) => x))).toEqual([[0, 1, 2], [], [3, 4]]);
  // S_i = .999 S + L and B_i = .999 B + 1, by hand: S 1, .999, 1.998001; B 1, 1.999, 2.997001.
  const expected = [1, 0.999 / 1.999, 1.998001 / 2.997001];
  drawn[0].forEach(({ y }, i) => expect(y).toBeCloseTo(expected[i], 9));
  expect(panel.intervals).toEqual([
    { task: 0, from: 0, to: 2 },
    { task: 2, from: 3, to: 4 },
  ]);
});

test('the report and the table have it where runs measured it, and else do not speak of it', async () => {
  const [without, having] = [await renderReport(plain), await renderReport(scored)];
  expect(having).toContain('Accuracy on the stream, before it is learnt');
  expect(having.split('PREQ fading').length).toBeGreaterThan(2);
  expect(having.split('<img').length).toBe(without.split('<img').length + 2);
  expect(without).not.toMatch(/PREQ|on the stream/);
  expect(terminalTable(scored)).toMatch(/PREQ ↑\n/);
  expect(terminalTable(scored)).toMatch(/^er .* 0\.400 ± 0\.000$/m);
  expect(terminalTable(plain)).not.toContain('PREQ');
});

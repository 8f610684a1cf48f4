import { expect, test } from 'vitest';
import type { CostMark, CostPanel } from '../../../reports/charts/costPanel.ts';
import { paretoSheet } from '../../../reports/figures/pareto.ts';
import { figureStyles } from '../../../reports/figures/style.ts';
import { rounded, snapshotOf, textsOf } from './snapshot.ts';

const mark = (label: string, flops: number, accuracy: number, dense: number | null, front: boolean): CostMark => ({
  label,
  accuracy: { mean: accuracy, std: 0.02 },
  flops: { mean: flops, std: null },
  dense,
  front,
});

const panel: CostPanel = {
  subtitle: '3 seeds: mean ± sample standard deviation',
  marks: [
    mark('sparse', 2e8, 0.5, 1e9, true),
    mark('replay', 2e9, 0.9, null, true),
    mark('dear', 9e9, 0.7, null, false),
  ],
  unit: { name: 'GFLOP', size: 1e9 },
  window: { left: 8, right: 10.2, bottom: 0.4, top: 1 },
};

test('accuracy over training FLOPs with the front', async () => {
  const sheet = paretoSheet(panel, 234, figureStyles.paper);
  await expect(rounded(sheet)).toMatchFileSnapshot(snapshotOf('pareto'));
});

test('every method is named, ticks in the unit, rings only where something is sparse', () => {
  const texts = textsOf(paretoSheet(panel, 234, figureStyles.paper));
  for (const text of ['sparse', 'replay', 'dear', '0.1', '1', '10', 'training FLOPs of layers, GFLOP'])
    expect(texts).toContain(text);
  expect(texts.join(' ')).toContain('rings');
  const dense = { ...panel, marks: panel.marks.slice(1) };
  expect(textsOf(paretoSheet(dense, 234, figureStyles.paper)).join(' ')).not.toContain('rings');
});

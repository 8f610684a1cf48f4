import { expect, test } from 'vitest';
import { costFigure } from '../../reports/charts/costFigure.ts';
import type { CostMark, CostPanel } from '../../reports/charts/costPanel.ts';
import { renderSvg } from '../../reports/charts/svg.ts';
import { accent, mutedInk } from '../../reports/charts/theme.ts';

const mark = (label: string, flops: number, dense: number | null, front: boolean): CostMark => ({
  label,
  accuracy: { mean: 0.5, std: null },
  flops: { mean: flops, std: null },
  dense,
  front,
});

const draw = (marks: readonly CostMark[]): string => {
  const unit = { name: 'GFLOP', size: 1e9 };
  const panel: CostPanel = { subtitle: '', marks, unit, window: { left: 8, right: 11, bottom: 0.4, top: 0.6 } };
  return renderSvg(costFigure(panel));
};

/** What the discs of marks are filled with, in the order in which they are drawn, those of the key last before the marks. */
function discsOf(svg: string): string[] {
  const names = new Map([
    ['white', 'ring'],
    ['#ffffff', 'ring'],
    [accent, 'front'],
    [mutedInk, 'other'],
  ]);
  // A dashed line is filled, too, but has no curves.
  const round = [...svg.matchAll(/<path[^>]*>/g)].filter(([path]) => / d="[^"]*[QCA]/.test(path));
  const fills = round.map(([path]) => / fill="([^"]*)"/.exec(path)![1].toLowerCase());
  return fills.flatMap((fill) => names.get(fill) ?? []);
}

test('a method that stands where another one was executed densely is drawn over that one’s ring', () => {
  const key = ['front', 'ring'];
  const sparse = mark('sparse', 1e9, 1e10, true);
  const dense = mark('dense', 1e10, null, false);
  // Whichever comes first.
  expect(discsOf(draw([dense, sparse]))).toEqual([...key, 'ring', 'other', 'front']);
  expect(discsOf(draw([sparse, dense]))).toEqual([...key, 'ring', 'front', 'other']);
});

test('where nothing was sparse there are no rings, in the key neither', () => {
  expect(discsOf(draw([mark('a', 1e9, null, true), mark('b', 1e10, null, false)]))).toEqual([
    'front',
    'front',
    'other',
  ]);
});

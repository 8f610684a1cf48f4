import { expect, test } from 'vitest';
import {
  countTopologyUpdates,
  createTopologySchedule,
  type TopologyTiming,
} from '../../../methods/shared/masks/topologySchedule.ts';

const timing = (more: Partial<TopologyTiming> = {}): TopologyTiming => ({
  dropSchedule: 'cosine',
  dropFraction: 0.4,
  interval: 10,
  end: 0.5,
  over: 'run',
  ...more,
});
/** Updates at which topology changes, with the shares. */
const sharesOf = (fractionAt: (t: number, task: number) => number, length: number, task = 0) =>
  Array.from({ length: length + 1 }, (_, t) => [t, fractionAt(t, task)] as const).filter(([, share]) => share > 0);

test('over the run, a cosine from the first update to T_end = half of 80 updates (by hand)', () => {
  const shares = sharesOf(createTopologySchedule(timing(), [30, 50]), 80);
  expect(shares.map(([t]) => t)).toEqual([0, 10, 20, 30]);
  // 0.2·(1 + cos(0, π/4, π/2, 3π/4)).
  [0.4, 0.2 * (1 + Math.SQRT1_2), 0.2, 0.2 * (1 - Math.SQRT1_2)].forEach((share, i) =>
    expect(shares[i][1]).toBeCloseTo(share, 12),
  );
});

test('over each task it starts anew, and ends with a share of that task', () => {
  const fractionAt = createTopologySchedule(timing({ over: 'task' }), [40, 80]);
  expect(sharesOf(fractionAt, 40, 0).map(([t]) => t)).toEqual([0, 10]);
  expect(sharesOf(fractionAt, 80, 1).map(([t]) => t)).toEqual([0, 10, 20, 30]);
  expect(fractionAt(10, 0)).toBeCloseTo(0.2, 12);
});

test('a constant share stops at T_end, which takes part; to the very end it never stops', () => {
  const half = createTopologySchedule(timing({ dropSchedule: 'constant' }), [80]);
  expect(sharesOf(half, 80).map(([t]) => t)).toEqual([0, 10, 20, 30, 40]);
  const always = createTopologySchedule(timing({ dropSchedule: 'constant', end: 1 }), [80]);
  expect(always(1000, 0)).toBe(0.4);
});

test('the settings of RigL on ImageNet have 250 topology updates: every 100th update before 25,000 of 32,000', () => {
  const rigl = timing({ dropFraction: 0.3, interval: 100, end: 25 / 32 });
  expect(countTopologyUpdates(rigl, [32_000], 0)).toBe(250);
  expect(createTopologySchedule(rigl, [32_000])(12_500, 0)).toBeCloseTo(0.15, 12);
});

test('topology updates of a run are counted from the first update where they take its place, from the interval on where they come after it', () => {
  expect(countTopologyUpdates(timing(), [30, 50], 0)).toBe(4);
  expect(countTopologyUpdates(timing(), [30, 50], 1)).toBe(3);
  expect(countTopologyUpdates(timing({ over: 'task' }), [40, 80], 1)).toBe(1 + 3);
  expect(countTopologyUpdates(timing({ interval: 100 }), [80], 0)).toBe(1);
  expect(countTopologyUpdates(timing({ interval: 100 }), [80], 1)).toBe(0);
  const always = timing({ dropSchedule: 'constant', end: 1 });
  expect(countTopologyUpdates(always, [80], 1)).toBe(8);
  expect(countTopologyUpdates(always, [80], 0)).toBe(8);
  expect(countTopologyUpdates(timing({ dropFraction: 0 }), [80], 0)).toBe(0);
});

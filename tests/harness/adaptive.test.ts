import { deserialize, serialize } from 'node:v8';
import { array, assert, integer, nat, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterUpdate, beginTask, isDue, probeSize } from '../../harness/adaptive.ts';
import { adaptiveRule, type Score } from '../../harness/index.ts';

const { dense, longest, savings, savingsForRise, share } = adaptiveRule;

/** Accuracies of the earlier tasks after an update of the new task; 0 is before the first. */
type Curves = (update: number) => readonly number[];

const scoresOf = (accuracies: readonly number[]): Score[] =>
  accuracies.map((accuracy) => ({ accuracy, loss: 1 - accuracy }));

/** The updates that the rule evaluates when the probe sees exactly what the whole subsets would show, or `seen`. */
function evaluated(updates: number, curves: Curves, seen: Curves = curves): number[] {
  const chosen: number[] = [];
  let state = beginTask(scoresOf(curves(0)));
  for (let update = 1; update <= updates; update++) {
    const moment = { update, updates, probe: scoresOf(seen(update)) };
    const due = isDue(state, moment);
    if (due) chosen.push(update);
    state = afterUpdate(state, moment, due ? scoresOf(curves(update)) : null);
  }
  return chosen;
}

/** What the rule evaluates beside a plateau's evaluations: there is no other reason for these. */
const start = Array.from({ length: dense }, (_, i) => i + 1);

/** A level of .9 with other values planted at some updates. */
const planted =
  (values: Readonly<Record<number, number>>): Curves =>
  (update) => [values[update] ?? 0.9];

describe('the adaptive rule', () => {
  test('evaluates each of the first updates, on a plateau every longest interval, and the last update', () => {
    expect(evaluated(100, () => [0.9])).toEqual([...start, 44, 68, 92, 100]);
    expect(evaluated(100, () => [])).toEqual([...start, 44, 68, 92, 100]);
    expect([dense, longest]).toEqual([20, 24]);
  });

  test('evaluates every update of a short task', () => {
    expect(evaluated(15, () => [0.9])).toEqual(start.slice(0, 15));
    expect(evaluated(dense + 1, () => [0.9])).toEqual([...start, dense + 1]);
  });

  test('finds a dip that lasts a single update, and counts the longest interval from it', () => {
    expect(evaluated(100, planted({ 30: 0.6 }))).toEqual(expect.arrayContaining([30]));
    expect(evaluated(60, planted({ 30: 0.6 }))).not.toContain(44);
  });

  test('finds a dip of any one of the earlier tasks', () => {
    const curves: Curves = (update) => [0.9, update === 50 ? 0.3 : 0.8, 0.7];
    expect(evaluated(100, curves)).toContain(50);
  });

  test('passes over a later dip that is not the deepest, and finds one that is', () => {
    const chosen = evaluated(150, planted({ 30: 0.6, 60: 0.7, 100: 0.5 }));
    expect(chosen).not.toContain(60);
    expect(chosen).toEqual(expect.arrayContaining([30, 100]));
  });

  test('tells probes with as many right answers by their loss', () => {
    let state = beginTask(scoresOf([0.9]));
    const at = (update: number, loss: number) => ({ update, updates: 200, probe: [{ accuracy: 0.9, loss }] });
    for (let update = 1; update <= dense; update++) state = afterUpdate(state, at(update, 0.5), scoresOf([0.9]));
    expect(isDue(state, at(dense + 1, 0.5))).toBe(false);
    expect(isDue(state, at(dense + 1, 0.6))).toBe(true);
  });

  test('follows a rise back to the accuracy of before the switch, and not beyond', () => {
    // Falls to .5 at once, stays there, and climbs from update 40 on.
    const climb: Curves = (update) => [update === 0 ? 0.9 : update < 40 ? 0.5 : Math.min(1, 0.5 + (update - 39) / 10)];
    const chosen = evaluated(100, climb);
    const followed = savings - savingsForRise + 1;
    expect(followed).toBeGreaterThan(1);
    expect(chosen.filter((update) => update >= 40 && update < 44)).toHaveLength(followed);
    // Back at .9 by update 43: from there on only the longest interval counts.
    const rises = chosen.filter((update) => update > 43 && update < 100);
    expect(rises.length).toBeLessThanOrEqual(3);
  });

  test('lets falls use up what was saved, and rises only what is left over', () => {
    const falling: Curves = (update) => [0.9 - (update > dense ? (update - dense) / 1000 : 0)];
    const burst = evaluated(200, falling).filter((update) => update > dense && update <= dense + savings);
    expect(burst).toHaveLength(savings);
    const rising: Curves = (update) => [update === 0 ? 0.9 : 0.3 + Math.max(0, update - dense) / 1000];
    const slow = evaluated(200, rising).filter((update) => update > dense && update <= dense + savings);
    expect(slow).toHaveLength(savings - savingsForRise + 1);
  });

  test('watches no longer a task that has been lost', () => {
    const lost: Curves = (update) => [update === 0 ? 0.9 : 0];
    const noisyLoss = (update: number): Score[] => [{ accuracy: 0, loss: update }];
    let state = beginTask(scoresOf(lost(0)));
    for (let update = 1; update <= 40; update++) {
      const moment = { update, updates: 200, probe: noisyLoss(update) };
      expect(isDue(state, moment), String(update)).toBe(update <= dense);
      state = afterUpdate(state, moment, update <= dense ? scoresOf(lost(update)) : null);
    }
  });

  const curve = array(nat(18), { minLength: 1, maxLength: 400 });
  const course = tuple(curve, curve).map(([a, b]): Curves => (update) => [
    a[update % a.length] / 18,
    b[update % b.length] / 18,
  ]);

  test('leaves no longer interval, whatever the curves', () => {
    assert(
      property(course, course, integer({ min: 1, max: 600 }), (curves, seen, updates) => {
        const chosen = [0, ...evaluated(updates, curves, seen)];
        expect(chosen.at(-1)).toBe(updates);
        for (let i = 1; i < chosen.length; i++) expect(chosen[i] - chosen[i - 1]).toBeLessThanOrEqual(longest);
      }),
    );
  });

  test('takes no more than its share of a long task, whatever the curves', () => {
    const everFalling: Curves = (update) => [1 - update / 5000, 0.5];
    assert(
      property(course, course, integer({ min: 300, max: 3000 }), (curves, seen, updates) => {
        expect(evaluated(updates, curves, seen).length).toBeLessThanOrEqual(share * updates + 1);
      }),
    );
    // The bound is reached: a task that falls all the time uses up its share.
    expect(evaluated(2000, everFalling).length).toBeGreaterThan(share * 2000 - savings - 1);
    expect(evaluated(2000, everFalling).length).toBeLessThanOrEqual(share * 2000 + 1);
  });

  test('goes on the same from a state that was written out and read back', () => {
    assert(
      property(course, integer({ min: 60, max: 200 }), integer({ min: 1, max: 60 }), (curves, updates, cut) => {
        let state = beginTask(scoresOf(curves(0)));
        const chosen: number[] = [];
        for (let update = 1; update <= updates; update++) {
          if (update === cut) state = deserialize(serialize(state)) as typeof state;
          const moment = { update, updates, probe: scoresOf(curves(update)) };
          const due = isDue(state, moment);
          if (due) chosen.push(update);
          state = afterUpdate(state, moment, due ? scoresOf(curves(update)) : null);
        }
        expect(chosen).toEqual(evaluated(updates, curves));
      }),
    );
  });
});

test('the probe is a twentieth of the smallest subset, one row at least', () => {
  expect(probeSize([1000, 1000])).toBe(50);
  expect(probeSize([360, 355])).toBe(18);
  expect(probeSize([1])).toBe(1);
});

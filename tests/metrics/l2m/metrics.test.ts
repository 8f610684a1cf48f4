import { array, assert, integer, property, record, constantFrom } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstOfPairs,
  performanceMaintenance,
  performanceRecovery,
  recoveryTimes,
  regimeMeans,
  relativePerformance,
  sampleEfficiency,
  saturationOf,
  scoreRegime,
  terminalPerformance,
  transfers,
  type Regime,
  type ScoredRegime,
} from '../../../metrics/index.ts';

/** A regime by its terminal performance. A name that begins with a capital is learnt, one in lower case evaluated. */
const scored = (name: string, terminal: number, index: number, asleep = false): ScoredRegime => ({
  index,
  training: name !== name.toLowerCase(),
  asleep,
  task: name.toLowerCase(),
  terminal,
});
const lifetimeOf = (...regimes: [name: string, terminal: number, asleep?: boolean][]): ScoredRegime[] =>
  regimes.map(([name, terminal, asleep], index) => scored(name, terminal, index, asleep));

const regime = (index: number, training: boolean, values: number[], asleep = false): Regime & ScoredRegime =>
  scoreRegime({
    index,
    block: index,
    training,
    asleep,
    task: 'a',
    experiences: Float64Array.from(values, (_, i) => 100 * index + i),
    values: Float64Array.from(values),
  });

// All worked by hand.
describe('performanceMaintenance', () => {
  const regimes = lifetimeOf(
    ['a', 0.1],
    ['A', 0.8],
    ['a', 0.7],
    ['B', 0.9],
    ['a', 0.6],
    ['a', 0.5],
    ['A', 0.9],
    ['a', 0.85],
    ['a', 0.8],
  );
  it('compares evaluations with the last that followed learning', () => {
    const { value, stretches } = performanceMaintenance(regimes, 'a', 'mrlep');
    expect(stretches).toEqual([[expect.closeTo(-0.1, 12), expect.closeTo(-0.2, 12)], [expect.closeTo(-0.05, 12)]]);
    expect(value).toBeCloseTo(-0.35 / 3, 12);
  });
  it('or with the end of learning', () => {
    expect(performanceMaintenance(regimes, 'a', 'mrtlp').value).toBeCloseTo((-0.2 - 0.3 - 0.1) / 3, 12);
  });
  it('is null without an evaluation beyond the reference', () => {
    expect(performanceMaintenance(regimes, 'b', 'mrlep')).toEqual({ value: null, stretches: [] });
    expect(performanceMaintenance(regimes.slice(0, 4), 'a', 'mrlep').value).toBeNull();
  });
  it('leaves evaluations awake out where any regime is asleep, a stretch ending there', () => {
    const asleep = lifetimeOf(['A', 0.8], ['a', 0.7, true], ['a', 0.6, true], ['a', 0, false], ['a', 0.5, true]);
    const { value, stretches } = performanceMaintenance(asleep, 'a', 'mrlep');
    expect(stretches).toEqual([[expect.closeTo(-0.1, 12)], [expect.closeTo(-0.2, 12)]]);
    expect(value).toBeCloseTo(-0.15, 12);
  });
});

describe('recoveryTimes and performanceRecovery', () => {
  const times = recoveryTimes(
    [
      regime(0, true, [0.2, 0.7]),
      regime(1, true, [0.2, 0.5, 0.8, 0.6]),
      regime(2, true, [0.6, 0.5]),
      regime(3, true, [0.1, 0.2, 0.3]),
    ],
    'a',
  );
  it('counts to the first value of at least the level before, or n + 1', () => expect(times).toEqual([2, 0, 4]));
  it('is minus the slope of the times', () => {
    expect(performanceRecovery([0, 18, 12])).toBe(-6);
    expect(performanceRecovery([5, 1])).toBe(4);
  });
  it('is 0, not −0, for a learner that never forgets', () => expect(performanceRecovery([0, 0, 0])).toBe(0));
  it('is null for fewer than two times', () => {
    expect(performanceRecovery([])).toBeNull();
    expect(performanceRecovery([3])).toBeNull();
  });
  it('looks at learning awake only', () => {
    expect(recoveryTimes([regime(0, true, [1]), regime(1, true, [1], true), regime(2, false, [1])], 'a')).toEqual([]);
  });
});

describe('transfers', () => {
  it('sets evaluations on both sides of learning beside each other', () => {
    const regimes = lifetimeOf(['b', 20], ['A', 1], ['b', 30], ['B', 1], ['b', 80], ['A', 1], ['b', 60]);
    expect(transfers(regimes, 'ratio')).toEqual({
      forward: [{ from: 'a', to: 'b', regime: 2, value: 1.5 }],
      backward: [{ from: 'a', to: 'b', regime: 6, value: 0.75 }],
      overwritten: 0,
    });
    expect(transfers(regimes, 'contrast').forward[0].value).toBeCloseTo(0.2, 12);
    expect(transfers(regimes, 'contrast').backward[0].value).toBeCloseTo(-1 / 7, 12);
  });
  it('is forward onto a task that is never learnt', () => {
    const { forward, backward } = transfers(lifetimeOf(['b', 1], ['A', 1], ['b', 2], ['A', 1], ['b', 6]), 'ratio');
    expect(forward.map(({ value }) => value)).toEqual([2, 3]);
    expect(backward).toEqual([]);
    expect(firstOfPairs(forward)).toEqual([2]);
  });
  it('keeps one of several tasks learnt between two evaluations, the last by first appearance, and counts the rest', () => {
    const regimes = lifetimeOf(['c', 2], ['B', 1], ['A', 1], ['c', 3]);
    const { forward, overwritten } = transfers(regimes, 'ratio');
    expect(forward).toEqual([{ from: 'a', to: 'c', regime: 3, value: 1.5 }]);
    expect(overwritten).toBe(1);
  });
  it('has no ratio over 0 and no contrast of 0 and 0', () => {
    const zero = lifetimeOf(['b', 0], ['A', 1], ['b', 3]);
    expect(transfers(zero, 'ratio').forward).toEqual([]);
    expect(transfers(zero, 'contrast').forward[0].value).toBe(1);
    expect(transfers(lifetimeOf(['b', 0], ['A', 1], ['b', 0]), 'contrast').forward).toEqual([]);
  });
  it('has contrasts in [−1, 1] that tell of ratios, at most one for each evaluation', () => {
    const step = record({ name: constantFrom('a', 'b', 'c', 'A', 'B', 'C'), terminal: integer({ min: 1, max: 101 }) });
    assert(
      property(array(step, { maxLength: 25 }), (steps) => {
        const regimes = steps.map(({ name, terminal }, i) => scored(name, terminal, i));
        const [ratio, contrast] = [transfers(regimes, 'ratio'), transfers(regimes, 'contrast')];
        for (const direction of ['forward', 'backward'] as const) {
          const places = ratio[direction].map(({ regime: at }) => at);
          expect(new Set(places).size).toBe(places.length);
          expect(contrast[direction].map(({ regime: at }) => at)).toEqual(places);
          contrast[direction].forEach(({ value }, i) => {
            const { value: q } = ratio[direction][i];
            expect(Math.abs(value)).toBeLessThanOrEqual(1);
            expect(value).toBeCloseTo((q - 1) / (q + 1), 12);
          });
        }
      }),
    );
  });
});

describe('relativePerformance', () => {
  it('compares as much as both have', () => {
    expect(relativePerformance(Float64Array.of(1, 2, 3), Float64Array.of(2, 2))).toBe(0.75);
    expect(relativePerformance(Float64Array.of(1, 2), Float64Array.of(2, 2, 50))).toBe(0.75);
  });
  it('is null beside an expert whose values sum to 0', () => {
    expect(relativePerformance(Float64Array.of(1), Float64Array.of(0))).toBeNull();
  });
});

describe('sampleEfficiency', () => {
  const numbers = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i);
  it('weighs height by speed', () => {
    const found = sampleEfficiency(Float64Array.of(1, 2, 4), numbers(3), [
      Float64Array.of(1, 5, 5),
      Float64Array.of(0, 1, 2),
    ]);
    expect(found.saturation).toEqual({ value: 4, experiences: 2 });
    expect(found.values).toEqual([expect.closeTo(0.4, 12), 2]);
    expect(found.value).toBeCloseTo(1.2, 12);
    expect(found.violated).toBe(false);
  });
  it('is set to 0 for a curve that falls, or stays below a fifth of the expert', () => {
    const falling = sampleEfficiency(Float64Array.of(3, 4, 2, 1, 0), numbers(5), [Float64Array.of(1, 5)]);
    expect(falling).toMatchObject({ value: 0, violated: true });
    const low = sampleEfficiency(Float64Array.of(0, 0.9), numbers(2), [Float64Array.of(1, 5)]);
    expect(low).toMatchObject({ value: 0, violated: true });
    expect(sampleEfficiency(Float64Array.of(0, 1), numbers(2), [Float64Array.of(1, 5)]).value).toBeCloseTo(0.2, 12);
  });
  it('is null without an expert, for a task that is highest at once, and beside such an expert', () => {
    expect(sampleEfficiency(Float64Array.of(0, 1), numbers(2), []).value).toBeNull();
    expect(sampleEfficiency(Float64Array.of(1, 1), numbers(2), [Float64Array.of(1, 5)]).value).toBeNull();
    expect(sampleEfficiency(Float64Array.of(0, 1), numbers(2), [Float64Array.of(5, 1)]).value).toBeNull();
  });
});

describe('curves', () => {
  it('end in the mean of the last tenth of learning, or of a whole evaluation', () => {
    const values = Float64Array.from({ length: 20 }, (_, i) => i + 1);
    expect(terminalPerformance(values, true)).toBe(19.5);
    expect(terminalPerformance(values, false)).toBe(10.5);
    expect(terminalPerformance(Float64Array.of(3), true)).toBe(3);
  });
  it('saturate where they are first highest', () => {
    expect(saturationOf(Float64Array.of(1, 5, 2, 5))).toEqual({ value: 5, experiences: 1 });
  });
  it('have a mean a regime', () => {
    const regimes = [regime(0, false, [0, 2]), regime(1, true, [7]), regime(2, false, [8])];
    expect(regimeMeans(regimes, 'a', false)).toEqual([1, 8]);
    expect(regimeMeans(regimes, 'a', true)).toEqual([7]);
  });
});

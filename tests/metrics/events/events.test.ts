import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EvaluationLog } from '../../../logs/index.ts';
import { detectEvents } from '../../../metrics/events.ts';
import { stabilityGaps } from '../../../metrics/stability-gap.ts';

/** Task a is trained for some evaluations, then b; both are evaluated `items` times each. */
function logOf(a: readonly number[], b: readonly number[], more: Partial<EvaluationLog> = {}): EvaluationLog {
  const rows = a.length + b.length;
  const own = [...a, ...b];
  return {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks: ['a', 'b'],
    steps: Float64Array.from({ length: rows }, (_, i) => 10 * i),
    trainingTask: Int32Array.from({ length: rows }, (_, i) => (i < a.length ? 0 : 1)),
    values: [Float64Array.from(own), new Float64Array(rows).fill(NaN)],
    counts: [new Float64Array(rows).fill(1000), new Float64Array(rows).fill(1000)],
    ...more,
  };
}

describe('one switch, by hand', () => {
  test('a dip that comes back is a stability gap: where it starts, its bottom, its end, depth and area', () => {
    const log = logOf([0.5, 0.9], [0.6, 0.7, 0.75, 0.89, 0.9]);
    const [event, ...others] = detectEvents(log);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      task: 'a',
      switchTask: 'b',
      switchStep: 10,
      kind: 'stability_gap',
      reference: 0.9,
      onsetStep: 20,
      minimum: 0.6,
      minimumStep: 20,
      recoveryStep: 50,
      end: 0.9,
      noise: 'binomial',
    });
    expect(event.depth).toBeCloseTo(0.3, 12);
    expect(event.relativeDepth).toBeCloseTo(1 / 3, 12);
    // Trapezoids of width 10 over drops 0, .3, .2, .15, .01, 0.
    expect(event.area).toBeCloseTo(10 * (0.15 + 0.25 + 0.175 + 0.08 + 0.005), 12);
    // 900 and 600 of 1,000 right, together 1,500.5 of 2,001: the pooled test of two proportions.
    const p = 1500.5 / 2001;
    const error = Math.sqrt(p * (1 - p) * (2 / 1000));
    expect(event.z).toBeCloseTo(0.3 / error, 9);
    expect(event.p).toBeLessThan(1e-12);
  });

  test('a fall that stays is forgetting, and so is one that comes back and falls again', () => {
    const [stays] = detectEvents(logOf([0.9], [0.7, 0.6, 0.65]));
    expect(stays).toMatchObject({ kind: 'forgetting', recoveryStep: null, minimumStep: 20, end: 0.65 });
    const [again] = detectEvents(logOf([0.9], [0.6, 0.9, 0.7]));
    expect(again).toMatchObject({ kind: 'forgetting', recoveryStep: null });
  });

  test('a task that ends above where it was is backward transfer; small moves are noise', () => {
    const [rise] = detectEvents(logOf([0.7], [0.72, 0.8, 0.82]));
    expect(rise).toMatchObject({ kind: 'backward_transfer', onsetStep: null, end: 0.82 });
    expect(rise.p).toBeLessThan(0.001);
    const [noise] = detectEvents(logOf([0.9], [0.895, 0.89, 0.905]));
    expect(noise).toMatchObject({ kind: 'noise', recoveryStep: null, onsetStep: null });
    expect(noise.p).toBeGreaterThan(0.05);
  });

  test('the same fall is noise on 20 items and forgetting on 2,000', () => {
    const count = (n: number) => ({ counts: [new Float64Array(3).fill(n), new Float64Array(3).fill(n)] });
    expect(detectEvents(logOf([0.9], [0.84, 0.85], count(20)))[0].kind).toBe('noise');
    expect(detectEvents(logOf([0.9], [0.84, 0.85], count(2000)))[0].kind).toBe('forgetting');
  });

  test('given errors come before counts', () => {
    const standardErrors = [new Float64Array(3).fill(0.05), new Float64Array(3).fill(NaN)];
    const [event] = detectEvents(logOf([0.9], [0.84, 0.85], { standardErrors }));
    expect(event).toMatchObject({ kind: 'noise', noise: 'given' });
    expect(event.z).toBeCloseTo(0.06 / Math.hypot(0.05, 0.05), 9);
  });

  test('paired items tell a small fall that unpaired ones cannot', () => {
    const log = logOf([0.9], [0.88, 0.88]);
    expect(detectEvents(log)[0].kind).toBe('noise');
    const [event] = detectEvents(log, { pairedError: () => 0.004 });
    expect(event).toMatchObject({ kind: 'forgetting', noise: 'paired' });
    expect(event.z).toBeCloseTo(5, 9);
  });

  test('where nothing tells the noise there is no p, and any fall counts', () => {
    const [event] = detectEvents(logOf([0.9], [0.89, 0.9], { counts: undefined }));
    expect(event).toMatchObject({ kind: 'stability_gap', p: null, z: null, chanceDepth: null, noise: null });
  });

  test('a loss falls by rising', () => {
    const flip = (values: readonly number[]) => values.map((value) => 1 - value);
    const own = { counts: undefined, standardErrors: [new Float64Array(6).fill(0.01), new Float64Array(6).fill(0.01)] };
    const [accuracy] = detectEvents(logOf([0.9], [0.6, 0.7, 0.75, 0.89, 0.9], own));
    const [loss] = detectEvents(
      logOf(flip([0.9]), flip([0.6, 0.7, 0.75, 0.89, 0.9]), { ...own, higherIsBetter: false }),
    );
    expect(loss.kind).toBe(accuracy.kind);
    expect(loss.depth).toBeCloseTo(accuracy.depth, 12);
    expect(loss.minimum).toBeCloseTo(1 - accuracy.minimum, 12);
    expect(loss.p).toBeCloseTo(accuracy.p!, 12);
  });
});

describe('a log that does not say what was trained', () => {
  const untold = (values: readonly number[], n = 1000): EvaluationLog => ({
    ...logOf(values, []),
    tasks: ['a'],
    values: [Float64Array.from(values)],
    counts: [new Float64Array(values.length).fill(n)],
    trainingTask: new Int32Array(values.length).fill(-1),
  });

  test('has an event for each fall from the best so far', () => {
    const events = detectEvents(untold([0.3, 0.6, 0.4, 0.45, 0.62, 0.8, 0.55, 0.5]));
    expect(
      events.map(({ kind, reference, minimum, switchTask }) => ({ kind, reference, minimum, switchTask })),
    ).toEqual([
      { kind: 'forgetting', reference: 0.8, minimum: 0.5, switchTask: null },
      { kind: 'stability_gap', reference: 0.6, minimum: 0.4, switchTask: null },
    ]);
  });

  test('rises are learning, not transfer', () => {
    expect(detectEvents(untold([0.3, 0.5, 0.7, 0.9]))).toEqual([]);
  });
});

test('depths, areas and minima agree with the gaps of a log (stabilityGaps)', () => {
  const value = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 6 }),
      fc.array(value, { minLength: 1, maxLength: 12 }),
      (a, b) => {
        const log = logOf(a, b);
        const [event] = detectEvents(log);
        const [gap] = stabilityGaps(log);
        expect(event.depth).toBeCloseTo(gap.depth, 12);
        expect(event.area).toBeCloseTo(gap.area, 9);
        expect(event.minimumStep).toBe(gap.minimumStep);
        expect(event.p).toBeGreaterThanOrEqual(0);
        expect(event.p).toBeLessThanOrEqual(1);
      },
    ),
    { seed: 1 },
  );
});

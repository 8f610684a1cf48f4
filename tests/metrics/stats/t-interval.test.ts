import { array, assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanAndStandardError, meanAndStd, tInterval } from '../../../metrics/index.ts';
import { finite, near } from './near.ts';
import { references } from './references.ts';

it.each(references.paired)(
  'the standard error and the 90 % t interval are those of scipy: $differences',
  (reference) => {
    expect(meanAndStandardError(reference.differences).standardError!).toEqual(near(reference.sem, 13));
    const { low, high } = tInterval(reference.differences, 0.9)!;
    expect([low, high]).toEqual(near(reference.interval));
  },
);

describe('tInterval', () => {
  it('reaches 4.303 standard errors from the mean of 3 values, 2.776 from that of 5', () => {
    // The .975 quantiles of Student's t in any table, 2 and 4 degrees of freedom.
    for (const [values, t] of [
      [[1, 2, 6], 4.303],
      [[1, 2, 6, 3, 3], 2.776],
    ] as const) {
      const { mean, standardError } = meanAndStandardError(values);
      expect((tInterval(values)!.high - mean!) / standardError!).toBeCloseTo(t, 3);
    }
  });

  it('is centred on the mean and the wider the surer', () => {
    assert(
      property(array(finite, { minLength: 2, maxLength: 12 }), (values) => {
        const [narrow, wide] = [0.5, 0.99].map((level) => tInterval(values, level)!);
        const { mean, std } = meanAndStd(values);
        expect((wide.low + wide.high) / 2).toEqual(near(mean!, 9));
        expect(narrow.estimate).toEqual(near(mean!));
        expect(wide.high - wide.low >= narrow.high - narrow.low).toBe(true);
        expect(wide.low <= mean! && mean! <= wide.high).toBe(true);
        // SEM is std / √n, never more.
        expect(meanAndStandardError(values).standardError!).toBeLessThanOrEqual(std!);
      }),
    );
  });

  it('leaves nulls out, is null below two values, and has no width where all are equal', () => {
    expect(tInterval([1, null, 2, 3, null])).toEqual(tInterval([1, 2, 3]));
    expect([tInterval([]), tInterval([null]), tInterval([0.5, null])]).toEqual([null, null, null]);
    // Their mean is 0.10000000000000002 when summed up.
    expect(tInterval([0.1, 0.1, 0.1])).toEqual({ estimate: 0.1, low: 0.1, high: 0.1, level: 0.95, kind: 't' });
    expect(meanAndStandardError([])).toEqual({ mean: null, standardError: null, n: 0 });
    expect(meanAndStandardError([0.5, null])).toEqual({ mean: 0.5, standardError: null, n: 1 });
  });

  it('refuses NaN and impossible levels', () => {
    expect(() => tInterval([1, NaN])).toThrow('values[1] is NaN: statistics need finite numbers');
    expect(() => meanAndStandardError([Infinity])).toThrow(RangeError);
    expect(() => tInterval([1, 2], 95)).toThrow(
      'a confidence level lies between 0 and 1, such as 0.95 or 0.05, not 95',
    );
    expect(() => tInterval([1, 2], 1)).toThrow(RangeError);
  });
});

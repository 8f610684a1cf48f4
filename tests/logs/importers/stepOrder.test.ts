import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepOrder } from '../../../logs/importers/tables/stepOrder.ts';

const step = fc.oneof(
  fc.nat(20),
  fc.double({ min: 0, max: 1e300, noNaN: true }).map((value) => value + 0),
  fc.constantFrom(0, Number.MIN_VALUE, 0.1, 65_535, 65_536, 2 ** 53, Number.MAX_VALUE),
);

test('entries come by step, then by training task, then as they were: as a stable sort with a comparison gives', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.integer({ min: -1, max: 3 }))), fc.boolean(), (entries, trained) => {
      const steps = Float64Array.from(entries, ([value]) => value);
      const training = trained ? Int32Array.from(entries, ([, task]) => task) : null;
      const size = entries.length;
      const sorted = Array.from(steps.keys()).toSorted(
        (a, b) => steps[a] - steps[b] || (training ? training[a] - training[b] : 0),
      );
      const order = stepOrder(steps, training, size);
      expect([...(order ?? steps.keys())]).toEqual(sorted);
      expect(order === null).toBe(sorted.every((i, at) => i === at));
    }),
  );
});

test('what lies beyond the size does not count', () => {
  expect([...stepOrder(Float64Array.of(5, 1, 5, 0, 0), null, 3)!]).toEqual([1, 0, 2]);
  expect(stepOrder(Float64Array.of(1, 5, 0), Int32Array.of(0, 0, -1), 2)).toBeNull();
});

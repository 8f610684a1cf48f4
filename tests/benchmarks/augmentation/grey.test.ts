import { expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { randomGrey } from '../../../benchmarks/index.ts';
import { scripted } from './scripted.ts';

const shape = [1, 2, 3] as const;

// By hand, with torchvision's weights .2989, .587, .114: .2989 of pure red; .2989·.5 + .587·.25 + .114 = .4102.
test('every channel becomes the luma', () => {
  const rows = Float32Array.of(9, 1, 0, 0, 0.5, 0.25, 1, 9);
  randomGrey({ shape }, 0.25)(rows, 1, scripted({ uniform: [0.2499] }));
  const expected = [9, 0.2989, 0.2989, 0.2989, 0.4102, 0.4102, 0.4102, 9];
  expected.forEach((value, i) => expect(rows[i]).toBeCloseTo(value, 6));
});

// (1, 0, 0) and (.5, .25, 1) once more, (value - mean) / std.
test('a normalised image becomes what its grey version would be normalised to', () => {
  const normalization = { mean: [0.5, 0, 0.25], std: [0.5, 1, 0.25] };
  const rows = Float32Array.of(1, 0, -1, 0, 0.25, 3);
  randomGrey({ shape, normalization }, 1)(rows, 0, scripted({ uniform: [0.99] }));
  const expected = [-0.4022, 0.2989, 0.1956, -0.1796, 0.4102, 0.6408];
  expected.forEach((value, i) => expect(rows[i]).toBeCloseTo(value, 6));
});

test('an image that is left alone keeps every bit, and one draw is made for each', () => {
  const rows = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
  const before = rows.slice();
  randomGrey({ shape, normalization: { mean: [0.1, 0.2, 0.3], std: [0.7, 0.3, 0.9] } })(
    rows,
    0,
    scripted({ uniform: [0.2] }),
  );
  expect(rows).toEqual(before);
});

// Binomial with n = 4000, p = .3: standard deviation 29.
test('images are made grey with the given probability', () => {
  const rng = createRng('grey');
  const grey = randomGrey({ shape: [1, 1, 3] }, 0.3);
  let count = 0;
  for (let i = 0; i < 4000; i++) {
    const rows = Float32Array.of(1, 0, 0);
    grey(rows, 0, rng);
    count += Number(rows[1] > 0);
  }
  expect(Math.abs(count - 1200)).toBeLessThan(4 * 29);
});

test('other than three channels and a probability out of range are refused', () => {
  expect(() => randomGrey({ shape: [2, 2, 1] })).toThrow(new RangeError('making images grey needs 3 channels, not 1'));
  expect(() => randomGrey({ shape }, 1.5)).toThrow(new RangeError('invalid probability: 1.5 (allowed: 0 to 1)'));
});

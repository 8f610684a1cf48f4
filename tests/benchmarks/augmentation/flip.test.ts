import { expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { randomFlip } from '../../../benchmarks/index.ts';
import { scripted } from './scripted.ts';

test('an image is mirrored left to right, its channels and rows in place', () => {
  const rows = Float32Array.of(9, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 9);
  randomFlip({ shape: [2, 3, 2] })(rows, 1, scripted({ uniform: [0.49] }));
  expect([...rows]).toEqual([9, 3, -3, 2, -2, 1, -1, 6, -6, 5, -5, 4, -4, 9]);
});

test('an even number of columns is mirrored as well', () => {
  const rows = Float32Array.of(1, 2, 3, 4);
  randomFlip({ shape: [1, 4, 1] })(rows, 0, scripted({ uniform: [0] }));
  expect([...rows]).toEqual([4, 3, 2, 1]);
});

test('it happens with the given probability', () => {
  const rows = Float32Array.of(1, 2);
  randomFlip({ shape: [1, 2, 1] })(rows, 0, scripted({ uniform: [0.5] }));
  expect([...rows]).toEqual([1, 2]);

  const flip = randomFlip({ shape: [1, 2, 1] }, 0.3);
  const rng = createRng('flip');
  let flipped = 0;
  for (let i = 0; i < 10000; i++) {
    const pair = Float32Array.of(1, 2);
    flip(pair, 0, rng);
    if (pair[0] === 2) flipped += 1;
  }
  // Binomial: standard deviation 45.8.
  expect(Math.abs(flipped - 3000)).toBeLessThan(4 * 45.8);
});

test.each([-0.1, 1.1, Number.NaN])('a probability of %d is refused', (probability) => {
  expect(() => randomFlip({ shape: [1, 2, 1] }, probability)).toThrow(
    new RangeError(`invalid probability: ${probability} (allowed: 0 to 1)`),
  );
});

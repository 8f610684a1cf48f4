import { expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import { augmentation, augmentations, createAugmentation, type Transform } from '../../../benchmarks/index.ts';

const colour = { shape: [8, 8, 3] } as const;
const size = 8 * 8 * 3;
const rng = createRng('images');
const rows = Float32Array.from({ length: 5 * size }, () => rng.uniform());
const all = augmentations.entries.map(({ name }) => name);

function augment(names: readonly string[], count: number, seed: number, out = new Float32Array(count * size)) {
  createAugmentation(names, colour)(rows, count, createRng(seed), out);
  return out;
}

test('the same seed gives the same bytes, another one does not', () => {
  expect(augment(all, 5, 1)).toEqual(augment(all, 5, 1));
  expect(augment(all, 5, 1)).not.toEqual(augment(all, 5, 2));
});

test('rows are left alone, and out may be the rows themselves', () => {
  const before = rows.slice();
  const out = augment(all, 5, 3);
  expect(rows).toEqual(before);
  const own = rows.slice();
  createAugmentation(all, colour)(own, 5, createRng(3), own);
  expect(own).toEqual(out);
});

test('the first images come out the same, however many follow, and what lies behind them in out is left alone', () => {
  const out = augment(all, 2, 4, new Float32Array(5 * size).fill(-1));
  expect(out.subarray(0, 2 * size)).toEqual(augment(all, 5, 4).subarray(0, 2 * size));
  expect(out.subarray(2 * size).every((value) => value === -1)).toBe(true);
});

test('transforms work one after the other, image by image', () => {
  const log: string[] = [];
  const note =
    (name: string): Transform =>
    (images, start) => {
      log.push(`${name} at ${start}`);
      images[start] *= 2;
      images[start] += name === 'b' ? 1 : 0;
    };
  const out = new Float32Array(4);
  augmentation([note('a'), note('b')], { shape: [1, 2, 1] })(Float32Array.of(1, 2, 3, 4), 2, createRng(1), out);
  expect(log).toEqual(['a at 0', 'b at 0', 'a at 2', 'b at 2']);
  expect([...out]).toEqual([5, 2, 13, 4]);
});

test('no names at all give a copy', () => {
  expect(augment([], 5, 1)).toEqual(rows);
});

test.each(all)('%s changes images, and keeps those in [0, 1] there', (name) => {
  const out = augment([name], 5, 1);
  expect(out).not.toEqual(rows);
  expect(out.every((value) => value >= 0 && value <= 1)).toBe(true);
});

test('each of a batch is changed in its own way', () => {
  const same = Float32Array.from({ length: 4 * size }, (_, i) => rows[i % size]);
  createAugmentation(['crop'], colour)(same, 4, createRng(1), same);
  const images = [0, 1, 2, 3].map((i) => same.subarray(i * size, (i + 1) * size).join());
  expect(new Set(images).size).toBeGreaterThan(1);
});

test('arrays that are too short are refused before anything is written', () => {
  const out = new Float32Array(size).fill(-1);
  const make = createAugmentation(all, colour);
  expect(() => make(rows, 2, createRng(1), out)).toThrow(
    new RangeError(`2 images of ${size} values do not fit into ${size}`),
  );
  expect(out.every((value) => value === -1)).toBe(true);
  expect(() => make(out, 2, createRng(1), rows)).toThrow(RangeError);
});

test.each<[string[], readonly [number, number, number], string]>([
  [['crop', 'blur'], [8, 8, 3], 'unknown augmentation: blur (known: auto, color, crop, flip, grey, resized-crop)'],
  [['flip', 'crop', 'flip'], [8, 8, 3], 'augmentation flip stands twice; leave one out'],
  [
    ['crop', 'color'],
    [8, 8, 1],
    'augmentation color is for images of 3 channels, these have 1; leave it out, or choose other images',
  ],
])('%j for images of %j is refused', (names, shape, message) => {
  expect(() => createAugmentation(names, { shape })).toThrow(new UserError(message));
});

import { beforeAll, describe, expect, test } from 'vitest';
import { loadDataset } from '../../../benchmarks/index.ts';
import { rotateImages } from '../../../benchmarks/streams/rotate.ts';

const rotate = (image: number[], side: number, angle: number, gain = 1): number[] => [
  ...rotateImages(Uint8Array.from(image), [side, side, 1], angle, gain),
];

// prettier-ignore
const three = [
  10, 20, 30,
  40, 50, 60,
  70, 80, 90,
];

describe('quarter turns move every pixel, exactly', () => {
  // The index remapping: counter-clockwise, row r and column c come from row c and column side-1-r.
  const quarter = (image: number[], side: number): number[] =>
    image.map((_, i) => image[(i % side) * side + side - 1 - Math.floor(i / side)]);

  test.each([2, 3, 7, 28])('on images of side %i', (side) => {
    const image = Array.from({ length: side * side }, (_, i) => (i * 37 + 11) % 256);
    let turned = image;
    for (let angle = 90; angle <= 720; angle += 90) {
      turned = quarter(turned, side);
      expect(rotate(image, side, angle)).toEqual(turned);
      expect(rotate(image, side, angle - 1080)).toEqual(turned);
    }
  });

  test('90 degrees are counter-clockwise', () => {
    // prettier-ignore
    expect(rotate(three, 3, 90)).toEqual([
      30, 60, 90,
      20, 50, 80,
      10, 40, 70,
    ]);
  });
});

test('45 degrees on 2 x 2: each pixel is 1.5 - √½ of the mean of two neighbours', () => {
  // By hand: the pixel at (-½, ½) from the centre is taken from (0, √½): between the upper two in x, and √½ - ½ above them, where
  // the rest comes from outside. The others follow by turning.
  const share = 1.5 - Math.SQRT1_2;
  expect(rotate([0, 100, 200, 40], 2, 45)).toEqual([50, 70, 100, 120].map((mean) => Math.round(share * mean)));
});

test('45 degrees on 3 x 3: corners and edges by hand', () => {
  // By hand: the corner at (-1, 1) is taken from (0, √2), √2 - 1 above the upper middle pixel: 2 - √2 of it. The edge at (0, 1) is
  // taken from (√½, √½), between upper middle, upper right, middle and right.
  const near = Math.SQRT1_2;
  const far = 1 - Math.SQRT1_2;
  const rotated = rotate(three, 3, 45);
  expect(rotated[0]).toBe(Math.round((2 - Math.SQRT2) * 20));
  expect(rotated[1]).toBe(Math.round(near * far * 20 + near * near * 30 + far * far * 50 + far * near * 60));
  expect(rotated[4]).toBe(50);
  expect(rotated).toEqual([12, 36, 35, 22, 50, 78, 23, 64, 47]); // scipy 1.17.1, as below
});

describe('a real digit', () => {
  let image: number[];
  beforeAll(async () => {
    image = [...(await loadDataset('digits')).test.inputs.subarray(0, 64)];
  });

  // scipy 1.17.1: numpy.rint(scipy.ndimage.rotate(15 * image, angle, reshape=False, order=1, mode='grid-constant'))
  // prettier-ignore
  test.each([
    [80, [
      0, 16, 29, 17, 0, 0, 0, 0,
      6, 91, 128, 122, 114, 87, 30, 0,
      72, 164, 139, 117, 130, 153, 119, 23,
      166, 182, 18, 0, 11, 54, 153, 75,
      135, 200, 76, 14, 0, 10, 111, 162,
      47, 126, 174, 158, 117, 131, 146, 124,
      0, 13, 40, 63, 77, 88, 86, 36,
      0, 0, 0, 0, 9, 13, 6, 0,
    ]],
    [-30, [
      0, 0, 4, 51, 120, 138, 31, 0,
      0, 5, 44, 178, 205, 175, 93, 6,
      0, 39, 115, 145, 34, 88, 209, 50,
      14, 76, 128, 29, 2, 83, 149, 64,
      28, 124, 83, 1, 24, 123, 121, 26,
      42, 194, 48, 18, 112, 127, 70, 0,
      38, 150, 136, 152, 158, 101, 10, 0,
      0, 42, 109, 60, 41, 10, 0, 0,
    ]],
  ])('by %i degrees is what scipy.ndimage.rotate gives', (angle, expected) => {
    expect(rotate(image, 8, angle, 15)).toEqual(expected);
  });
});

test('channels and images are rotated apart', () => {
  const other = three.map((value) => 100 - value);
  const mixed = [...three.flatMap((value, i) => [value, other[i]]), ...other.flatMap((value, i) => [value, three[i]])];
  const rotated = rotateImages(Uint8Array.from(mixed), [3, 3, 2], 30, 1);
  expect([...rotated].filter((_, i) => i < 18 && i % 2 === 0)).toEqual(rotate(three, 3, 30));
  expect([...rotated].filter((_, i) => i < 18 && i % 2 === 1)).toEqual(rotate(other, 3, 30));
  expect([...rotated].filter((_, i) => i >= 18 && i % 2 === 0)).toEqual(rotate(other, 3, 30));
});

test('gain multiplies before rounding, and white stays white', () => {
  expect(rotate([16, 16, 16, 16], 2, 180, 15)).toEqual([240, 240, 240, 240]);
  const white = Array.from({ length: 49 }, () => 255);
  for (let angle = 1; angle < 90; angle++) expect(rotate(white, 7, angle)[24]).toBe(255);
});

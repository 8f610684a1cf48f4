/** The four values of an image that make up each value of its rotated copy. Those outside the image have weight 0. */
interface Taps {
  /** `[size · 4]`, places in an image. */
  readonly places: Int32Array;
  /** `[size · 4]`, each in 0..1, the four of a value summing to at most 1. */
  readonly weights: Float64Array;
}

/**
 * Rotates images counter-clockwise about their centre with bilinear interpolation; what comes from outside the image is 0.
 *
 * The pixel at `(x, y)` from the centre, y upwards, is taken from `(x cos a + y sin a, y cos a − x sin a)`, interpolated between
 * the four pixels around that point and rounded, so that multiples of 90 degrees are exact on square images.
 *
 * @param images `[count, height, width, channels]`
 * @param angle degrees
 * @param gain multiplies every value before it is rounded, to keep fractions of small values; the products must stay below 256
 * @returns a rotated copy, times `gain`
 */
export function rotateImages(
  images: Uint8Array,
  shape: readonly [number, number, number],
  angle: number,
  gain: number,
): Uint8Array {
  const { places, weights } = tapsOf(shape, angle);
  const rotated = new Uint8Array(images.length);
  const size = places.length / 4;
  for (let start = 0; start < images.length; start += size) {
    for (let i = 0, k = 0; i < size; i++, k += 4) {
      const value =
        weights[k] * images[start + places[k]] +
        weights[k + 1] * images[start + places[k + 1]] +
        weights[k + 2] * images[start + places[k + 2]] +
        weights[k + 3] * images[start + places[k + 3]];
      rotated[start + i] = gain * value + 0.5; // the assignment cuts off the fraction
    }
  }
  return rotated;
}

function tapsOf([height, width, channels]: readonly [number, number, number], angle: number): Taps {
  const sine = Math.sin((angle * Math.PI) / 180);
  const cosine = Math.cos((angle * Math.PI) / 180);
  const middleRow = (height - 1) / 2;
  const middleColumn = (width - 1) / 2;
  const places = new Int32Array(4 * height * width * channels);
  const weights = new Float64Array(places.length);
  for (let i = 0; i < places.length / 4; i++) {
    const channel = i % channels;
    const pixel = (i - channel) / channels;
    const x = (pixel % width) - middleColumn;
    const y = middleRow - Math.floor(pixel / width);
    const row = middleRow - (y * cosine - x * sine);
    const column = middleColumn + (x * cosine + y * sine);
    [0, 1, 2, 3].forEach((corner) => {
      const r = Math.floor(row) + (corner >> 1);
      const c = Math.floor(column) + (corner & 1);
      if (r < 0 || r >= height || c < 0 || c >= width) return;
      places[4 * i + corner] = (r * width + c) * channels + channel;
      weights[4 * i + corner] = (1 - Math.abs(row - r)) * (1 - Math.abs(column - c));
    });
  }
  return { places, weights };
}

/** The angle in [0, 360) that turns an image the same way. */
export function normalAngle(degrees: number): number {
  return ((degrees % 360) + 360) % 360;
}

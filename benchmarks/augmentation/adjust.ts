/**
 * @file Changes of colour, in place, on one image `[pixels, red green blue]` with values in [0, 1]. Formulas as in torchvision's
 * `transforms.functional` on float tensors: all but hue mix the image with another, `factor · image + (1 - factor) · other`, and cut
 * the result off at 0 and 1. A factor of 1 leaves the image as it is.
 */

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

/** Luma after ITU-R BT.601, with torchvision's digits. */
export const luma = (red: number, green: number, blue: number): number => 0.2989 * red + 0.587 * green + 0.114 * blue;

/** Mixes with black: multiplies by `factor`. @param factor 0 and more */
export function adjustBrightness(image: Float64Array, factor: number): void {
  for (let i = 0; i < image.length; i++) image[i] = clamp(factor * image[i]);
}

/** Mixes with the mean of the grey image. @param factor 0 and more */
export function adjustContrast(image: Float64Array, factor: number): void {
  let sum = 0;
  for (let i = 0; i < image.length; i += 3) sum += luma(image[i], image[i + 1], image[i + 2]);
  const other = ((1 - factor) * sum) / (image.length / 3);
  for (let i = 0; i < image.length; i++) image[i] = clamp(factor * image[i] + other);
}

/** Mixes with the grey image, which 0 gives. @param factor 0 and more */
export function adjustSaturation(image: Float64Array, factor: number): void {
  for (let i = 0; i < image.length; i += 3) {
    const other = (1 - factor) * luma(image[i], image[i + 1], image[i + 2]);
    image[i] = clamp(factor * image[i] + other);
    image[i + 1] = clamp(factor * image[i + 1] + other);
    image[i + 2] = clamp(factor * image[i + 2] + other);
  }
}

/**
 * Turns the hue, keeping value (the largest of the three) and saturation of the HSV cone.
 *
 * With v and p the largest and smallest of red, green and blue, the hue is a place on a ring of length 6, where red is full at 0,
 * green at 2 and blue at 4. At place h a channel that is full at k has `v - (v - p) · clamp(|h - k| - 1)`, with |h - k| ≤ 3 around
 * the ring.
 *
 * @param shift in whole turns: 1/3 makes red green; -1/2 and 1/2 are the same
 */
export function adjustHue(image: Float64Array, shift: number): void {
  const turn = 6 * shift;
  for (let i = 0; i < image.length; i += 3) {
    const red = image[i];
    const green = image[i + 1];
    const blue = image[i + 2];
    const most = Math.max(red, green, blue);
    const range = most - Math.min(red, green, blue);
    if (range === 0) continue; // grey has no hue
    let place: number;
    if (most === red) place = (green - blue) / range;
    else if (most === green) place = 2 + (blue - red) / range;
    else place = 4 + (red - green) / range;
    place += turn;
    image[i] = most - range * clamp(fromZero(place) - 1);
    image[i + 1] = most - range * clamp(fromZero(place - 2) - 1);
    image[i + 2] = most - range * clamp(fromZero(place - 4) - 1);
  }
}

/** Distance from 0 on a ring of length 6. */
const fromZero = (place: number): number => Math.abs(place - 6 * Math.round(place / 6));

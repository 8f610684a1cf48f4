/**
 * @file Changes of one image of bytes, in place, that mix it with a plainer one: plain + factor · (image − plain), cut off at 0 and 255 and
 * cut down to a whole number. A factor of 1 leaves the image as it is, 0 gives the plain one, more than 1 moves away from it. Formulas as in
 * PIL's `ImageEnhance`, which computes in 32-bit floats and which torchvision takes over. `adjust.ts` has those of torchvision on floats.
 */
import type { Canvas } from './geometry.ts';

/** What mixing gives for one value. @param factor a 32-bit float */
function mix(plain: number, value: number, factor: number): number {
  const mixed = Math.fround(plain + Math.fround(factor * (value - plain)));
  return mixed <= 0 ? 0 : mixed >= 255 ? 255 : Math.trunc(mixed);
}

/** Luma after ITU-R BT.601 in fixed-point numbers, rounded. */
const luma = (red: number, green: number, blue: number): number =>
  (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;

/** Luma of the pixel that begins at `i`: a grey image's own value. */
function lumaAt(pixels: Uint8Array, i: number, channels: number): number {
  return channels === 3 ? luma(pixels[i], pixels[i + 1], pixels[i + 2]) : pixels[i];
}

/** Mixes with black. */
export function enhanceBrightness({ pixels }: Canvas, factor: number): void {
  const by = Math.fround(factor);
  for (let i = 0; i < pixels.length; i++) pixels[i] = mix(0, pixels[i], by);
}

/** Mixes with an image that has the mean luma, rounded, everywhere. */
export function enhanceContrast({ pixels, channels }: Canvas, factor: number): void {
  const by = Math.fround(factor);
  let sum = 0;
  for (let i = 0; i < pixels.length; i += channels) sum += lumaAt(pixels, i, channels);
  const mean = Math.trunc(sum / (pixels.length / channels) + 0.5);
  for (let i = 0; i < pixels.length; i++) pixels[i] = mix(mean, pixels[i], by);
}

/** Mixes with the grey image; nothing changes in an image of one channel. */
export function enhanceColor({ pixels, channels }: Canvas, factor: number): void {
  if (channels !== 3) return;
  const by = Math.fround(factor);
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = lumaAt(pixels, i, 3);
    for (let k = i; k < i + 3; k++) pixels[k] = mix(grey, pixels[k], by);
  }
}

/**
 * Mixes with a smoothed image, whose inner pixels are means over 3 x 3 pixels in which the middle one counts five times and the others once.
 * Pixels at the border are not smoothed.
 */
export function enhanceSharpness({ height, width, channels, pixels, copy }: Canvas, factor: number): void {
  const by = Math.fround(factor);
  copy.set(pixels);
  const line = width * channels;
  for (let row = 1; row < height - 1; row++) {
    for (let i = row * line + channels; i < (row + 1) * line - channels; i++) {
      let sum = 4 * copy[i];
      for (let up = i - line; up <= i + line; up += line) sum += copy[up - channels] + copy[up] + copy[up + channels];
      pixels[i] = mix(Math.floor((2 * sum + 13) / 26), copy[i], by);
    }
  }
}

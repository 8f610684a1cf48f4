/**
 * @file Changes of the values of one image of bytes `[pixels, channels]`, in place, each by a table of its own from old to new values.
 * Formulas as in PIL's `ImageOps`, which torchvision takes over.
 */

type Bytes = Uint8Array;

/** 255 − value. */
export function invert(image: Bytes): void {
  for (let i = 0; i < image.length; i++) image[i] = 255 - image[i];
}

/** Inverts the values that are not below a threshold. @param threshold 0 … 255, not necessarily whole */
export function solarize(image: Bytes, threshold: number): void {
  for (let i = 0; i < image.length; i++) if (image[i] >= threshold) image[i] = 255 - image[i];
}

/** Keeps the leading bits of every value and zeroes the others. @param bits 0 … 8 */
export function posterize(image: Bytes, bits: number): void {
  const mask = 255 - (2 ** (8 - bits) - 1);
  for (let i = 0; i < image.length; i++) image[i] &= mask;
}

/** Stretches each channel so that its lowest value becomes 0 and its highest 255 (or 254, where floats fall short as in PIL); one value stays. */
export function autoContrast(image: Bytes, channels: number): void {
  for (let channel = 0; channel < channels; channel++) {
    let lowest = 255;
    let highest = 0;
    for (let i = channel; i < image.length; i += channels) {
      lowest = Math.min(lowest, image[i]);
      highest = Math.max(highest, image[i]);
    }
    if (highest <= lowest) continue;
    const scale = 255 / (highest - lowest);
    const offset = -lowest * scale;
    for (let i = channel; i < image.length; i += channels) {
      image[i] = Math.min(Math.max(Math.trunc(image[i] * scale + offset), 0), 255);
    }
  }
}

/**
 * Spreads the values of each channel so that they are as evenly used as can be. With h the histogram, m the number of pixels at the channel's
 * highest value and s = ⌊(pixels − m) / 255⌋, value v becomes ⌊(⌊s/2⌋ + Σ_{u<v} h(u)) / s⌋, at most 255; where s is 0 the channel stays.
 */
export function equalize(image: Bytes, channels: number, table = new Uint32Array(256)): void {
  for (let channel = 0; channel < channels; channel++) {
    table.fill(0);
    for (let i = channel; i < image.length; i += channels) table[image[i]]++;
    let highest = 255;
    while (table[highest] === 0) highest--;
    const step = Math.floor((image.length / channels - table[highest]) / 255);
    if (step === 0) continue;
    let below = Math.floor(step / 2);
    for (let value = 0; value < 256; value++) {
      const count = table[value];
      table[value] = Math.min(Math.floor(below / step), 255);
      below += count;
    }
    for (let i = channel; i < image.length; i += channels) image[i] = table[image[i]];
  }
}

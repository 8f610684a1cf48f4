import type { Rng } from '../../base/index.ts';
import { requireWithin } from './requireWithin.ts';
import type { ImageFormat, Transform } from './types.ts';

export interface ResizedCropOptions {
  /** Least and largest share of the image's area, within 0 … 1 (0 left out); 0.2 to 1 unless given. */
  readonly scale?: readonly [number, number];
  /** Least and largest width / height of the part, in pixels; 3/4 to 4/3 unless given. */
  readonly ratio?: readonly [number, number];
  /**
   * What the resized part shows between its outermost pixels' centres and its border: `edge` repeats its outermost pixels, as one gets who
   * cuts it out and resizes it, and parts begin at whole pixels; `reflect` looks beyond the border, and beyond that of the image at the
   * image mirrored, as one gets who samples the image at an affine grid, and parts begin at half pixels, too. `edge` unless given.
   */
  readonly padding?: 'edge' | 'reflect';
}

/** A part of an image, in pixels; `row` and `column` are where it begins. */
interface Part {
  height: number;
  width: number;
  row: number;
  column: number;
}

/** Draws of area and shape before the part is the largest possible one in the middle. */
const tries = 10;

/**
 * Random resized crop: a part of the image is enlarged to the image's size by bilinear interpolation. The part's share of the area is uniform
 * in `scale`, the logarithm of its width / height uniform in that of `ratio`, and its sides are rounded to pixels. Parts larger than the
 * image are drawn anew; after ten tries it is the largest part in the middle whose width / height is within `ratio`. Draws share and shape
 * of each try, then the row, then the column.
 *
 * With `padding: 'edge'` torchvision's `RandomResizedCrop(size, scale, ratio)`; the default scale is that of supervised contrastive learning
 * (Khosla et al., arXiv:2004.11362) and of contrastive replay (Mai et al., arXiv:2103.13885). `reflect` is the layer of CSI (Tack et al.,
 * arXiv:2007.08176), which OCM and OnPro took over with scale 0.3 to 1.
 *
 * @throws RangeError on bounds that are out of range or the wrong way round
 */
export function randomResizedCrop({ shape }: ImageFormat, options: ResizedCropOptions = {}): Transform {
  const { scale = [0.2, 1], ratio = [3 / 4, 4 / 3], padding = 'edge' } = options;
  requireWithin({ scale: scale[0] }, Number.MIN_VALUE, scale[1]);
  requireWithin({ scale: scale[1] }, scale[0], 1);
  requireWithin({ ratio: ratio[0] }, Number.MIN_VALUE, ratio[1]);
  const [height, width, channels] = shape;
  const original = new Float32Array(height * width * channels);
  const rows = createPlaces(height);
  const columns = createPlaces(width);
  const reflects = padding === 'reflect';

  return (images, start, rng) => {
    const part = drawPart(height, width, scale, ratio, reflects, rng);
    rows.look(part.row, part.height, reflects);
    columns.look(part.column, part.width, reflects);
    for (let i = 0; i < original.length; i++) original[i] = images[start + i];
    let i = start;
    for (let y = 0; y < height; y++) {
      const upper = rows.first[y] * width;
      const lower = rows.second[y] * width;
      for (let x = 0; x < width; x++) {
        const left = columns.first[x];
        const right = columns.second[x];
        for (let c = 0; c < channels; c++) {
          const value = (pixel: number): number => original[pixel * channels + c];
          const top = mix(value(upper + left), value(upper + right), columns.share[x]);
          const bottom = mix(value(lower + left), value(lower + right), columns.share[x]);
          images[i++] = mix(top, bottom, rows.share[y]);
        }
      }
    }
  };
}

const mix = (a: number, b: number, share: number): number => a + share * (b - a);

/** For each place along one side of the output the two pixels of the image that it is mixed from, and the share of the second. */
function createPlaces(size: number) {
  const first = new Int32Array(size);
  const second = new Int32Array(size);
  const share = new Float64Array(size);
  return {
    first,
    second,
    share,
    /**
     * Looks at `length` pixels from `begin` on. Pixels are squares, and the border of the part is that of the output. Within half a pixel
     * of a border mirroring is the same as repeating the outermost pixel, and no output pixel's centre is further outside.
     */
    look(begin: number, length: number, wholeImage: boolean): void {
      const least = wholeImage ? 0 : begin;
      const most = wholeImage ? size - 1 : begin + length - 1;
      for (let i = 0; i < size; i++) {
        const place = Math.min(Math.max(begin + ((i + 0.5) * length) / size - 0.5, least), most);
        first[i] = Math.floor(place);
        second[i] = Math.min(first[i] + 1, size - 1);
        share[i] = place - first[i];
      }
    },
  };
}

function drawPart(
  height: number,
  width: number,
  scale: readonly [number, number],
  ratio: readonly [number, number],
  halves: boolean,
  rng: Rng,
): Part {
  const shapes = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let i = 0; i < tries; i++) {
    const area = mix(scale[0], scale[1], rng.uniform()) * height * width;
    const shape = Math.exp(mix(shapes[0], shapes[1], rng.uniform()));
    const part = { width: Math.round(Math.sqrt(area * shape)), height: Math.round(Math.sqrt(area / shape)) };
    if (part.width < 1 || part.width > width || part.height < 1 || part.height > height) continue;
    const row = drawBegin(height - part.height, halves, rng);
    return { ...part, row, column: drawBegin(width - part.width, halves, rng) };
  }
  const whole = width / height;
  const part = {
    width: whole > ratio[1] ? Math.max(1, Math.round(height * ratio[1])) : width,
    height: whole < ratio[0] ? Math.max(1, Math.round(width / ratio[0])) : height,
  };
  return { ...part, row: Math.floor((height - part.height) / 2), column: Math.floor((width - part.width) / 2) };
}

/** A place from 0 to `room`, every whole pixel, or every half one, equally likely. */
function drawBegin(room: number, halves: boolean, rng: Rng): number {
  return halves ? rng.integer(2 * room + 1) / 2 : rng.integer(room + 1);
}

/**
 * @file Affine changes of one image of bytes `[height, width, channels]`, in place. Every pixel takes the value of the pixel that its centre
 * comes from (nearest neighbour); what comes from outside is black. As torchvision's and PIL's with `InterpolationMode.NEAREST`.
 */

/** An image to be changed, with room of the same size for a copy. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
  readonly copy: Uint8Array;
}

/** A number as a multiple of 2⁻¹⁶: PIL computes places so, which decides where a centre comes to lie between two pixels. */
const fixed = (value: number): number => Math.floor(65536 * value + 0.5);

/**
 * Moves pixels: with (x, y) a pixel's centre, which lies at half numbers, its value is that of the pixel around
 * (a·x + b·y + c, d·x + e·y + f).
 */
function move(
  { height, width, channels, pixels, copy }: Canvas,
  [a, b, c, d, e, f]: readonly [number, number, number, number, number, number],
): void {
  const [x0, xColumn, xRow] = [a / 2 + b / 2 + c, a, b].map(fixed);
  const [y0, yColumn, yRow] = [d / 2 + e / 2 + f, d, e].map(fixed);
  copy.set(pixels);
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += channels) {
      const x = (x0 + xColumn * column + xRow * row) >> 16;
      const y = (y0 + yColumn * column + yRow * row) >> 16;
      const inside = x >= 0 && x < width && y >= 0 && y < height;
      const from = (y * width + x) * channels;
      for (let k = 0; k < channels; k++) pixels[to + k] = inside ? copy[from + k] : 0;
    }
  }
}

/** Slants the image: the row at height y comes from `slope`·y further right. The top left corner stays. */
export function shearX(canvas: Canvas, slope: number): void {
  move(canvas, [1, slope, 0, 0, 1, 0]);
}

/** The same of columns, which come from further down. */
export function shearY(canvas: Canvas, slope: number): void {
  move(canvas, [1, 0, 0, slope, 1, 0]);
}

/** Moves the image to the right. @param by pixels, of which the whole ones count */
export function translateX(canvas: Canvas, by: number): void {
  move(canvas, [1, 0, -Math.trunc(by), 0, 1, 0]);
}

/** Moves the image down. @param by pixels, of which the whole ones count */
export function translateY(canvas: Canvas, by: number): void {
  move(canvas, [1, 0, 0, 0, 1, -Math.trunc(by)]);
}

/** Turns the image about its middle. @param degrees counter-clockwise */
export function rotate(canvas: Canvas, degrees: number): void {
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  const x = canvas.width / 2;
  const y = canvas.height / 2;
  move(canvas, [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y]);
}

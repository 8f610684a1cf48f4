const PLANE = 32 * 32;

/** A record of CIFAR's binary version: its labels, then three planes of 1024 values. */
export function recordOf(labels: readonly number[], value: (plane: number, pixel: number) => number): Uint8Array {
  const planes = [0, 1, 2].flatMap((plane) => Array.from({ length: PLANE }, (_, pixel) => value(plane, pixel)));
  return Uint8Array.from([...labels, ...planes]);
}

/** A file of one-coloured images of these classes, the i-th of the colour `[first + i, 100 + i, 200 + i]`. */
export function fileOf(classes: readonly number[], first: number): Buffer {
  return Buffer.concat(classes.map((id, i) => recordOf([id], (plane) => plane * 100 + (plane === 0 ? first : 0) + i)));
}

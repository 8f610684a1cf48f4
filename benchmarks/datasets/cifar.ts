import { UserError } from '../../base/index.ts';
import type { RawSamples } from '../types.ts';

/** Height and width of the images, which have three channels. */
const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
const SIZE = CHANNELS * PLANE;

/** Height, width, channels. */
export const cifarShape = [SIDE, SIDE, CHANNELS] as const;

/** A file of records. */
export interface CifarFile {
  readonly name: string;
  readonly records: number;
}

/** Bytes of a file whose records begin with `labels` label bytes. */
export function fileLength({ records }: CifarFile, labels: number): number {
  return records * (labels + SIZE);
}

/** Room for `count` images. */
export function allocateImages(count: number): RawSamples {
  return { inputs: new Uint8Array(count * SIZE), labels: new Uint8Array(count) };
}

/**
 * Decodes a file of CIFAR's binary version. A record is one byte a label, then three planes of 32 x 32 bytes, red, green and blue,
 * each row by row. The planes are woven into rows of height x width x channels.
 *
 * @param bytes the whole unpacked file
 * @param labelCounts for each label byte how many labels there are; the last is the class
 * @param into gets the images and their classes
 * @param first where in `into` the first record goes
 * @throws UserError naming file and record (from 0) when the file is truncated, too long, or has a label out of range
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export function decodeCifar(
  bytes: Uint8Array,
  file: CifarFile,
  labelCounts: readonly number[],
  into: RawSamples,
  first: number,
): void {
  const fail = (problem: string): never => {
    throw new UserError(`${file.name}: ${problem}; get the file again from its source`);
  };
  const expected = fileLength(file, labelCounts.length);
  const length = labelCounts.length + SIZE;
  if (bytes.length < expected) {
    fail(`truncated at record ${Math.floor(bytes.length / length)}: ${bytes.length} bytes, expected ${expected}`);
  }
  if (bytes.length > expected) fail(`${bytes.length - expected} bytes follow its ${file.records} records`);

  for (let record = 0; record < file.records; record++) {
    const start = record * length;
    const pixels = start + labelCounts.length;
    for (let i = 0; i < labelCounts.length; i++) {
      const label = bytes[start + i];
      if (label >= labelCounts[i]) fail(`label ${label} of record ${record} is not in 0..${labelCounts[i] - 1}`);
    }
    into.labels[first + record] = bytes[pixels - 1];
    weave(bytes, pixels, into.inputs, (first + record) * SIZE);
  }
}

function weave(planes: Uint8Array, from: number, image: Uint8Array, to: number): void {
  for (let i = 0; i < PLANE; i++) {
    image[to + CHANNELS * i] = planes[from + i];
    image[to + CHANNELS * i + 1] = planes[from + PLANE + i];
    image[to + CHANNELS * i + 2] = planes[from + 2 * PLANE + i];
  }
}

/**
 * The first `perClass` images of every class, in the order in which they lie.
 *
 * @throws UserError when a class has fewer
 */
export function firstOfEachClass({ inputs, labels }: RawSamples, perClass: number, classCount: number): RawSamples {
  const taken = new Uint32Array(classCount);
  const rows = [...labels.keys()].filter((row) => ++taken[labels[row]] <= perClass);
  const short = taken.findIndex((count) => count < perClass);
  if (short >= 0) {
    throw new UserError(
      `class ${short} has ${taken[short]} training images, expected ${perClass}; get the files again`,
    );
  }
  const kept = allocateImages(rows.length);
  rows.forEach((row, i) => {
    kept.labels[i] = labels[row];
    kept.inputs.set(inputs.subarray(row * SIZE, (row + 1) * SIZE), i * SIZE);
  });
  return kept;
}

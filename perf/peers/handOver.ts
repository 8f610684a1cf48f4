import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arrays, Network, TypedArray } from '../../engine/index.ts';

/** An array in a file, as the peer reads it. */
export interface FileArray {
  readonly path: string;
  readonly shape: readonly number[];
}

/** Writes arrays to files of a folder. */
export function handOver(folder: string) {
  let count = 0;
  const put = (array: TypedArray, shape: readonly number[]): FileArray => {
    const path = join(folder, `${count++}.bin`);
    writeFileSync(path, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return { path, shape };
  };
  return {
    put,
    parameters: ({ parameters }: Network, arrays: Arrays) =>
      Object.entries(arrays).map(([name, array]) => ({ name, ...put(array, parameters[name].shape) })),
  };
}

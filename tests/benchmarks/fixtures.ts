import type { Dataset, RawSamples, Samples } from '../../benchmarks/index.ts';

/**
 * A data set of 2 x 3 images with every value different from its neighbours: value `v` of sample `i` is `(7i + v) mod 17`, of 16,
 * and `(7i + v + 3) mod 17` in the test part, which has half as many samples. The classes come round in turn.
 */
export function tinyDataset(classCount: number, perClass = 4): Dataset {
  const part = (samples: number, shift: number): RawSamples => ({
    inputs: Uint8Array.from({ length: samples * 6 }, (_, i) => (7 * Math.floor(i / 6) + (i % 6) + shift) % 17),
    labels: Uint8Array.from({ length: samples }, (_, i) => i % classCount),
  });
  return {
    name: 'tiny',
    version: 1,
    shape: [2, 3, 1],
    classNames: Array.from({ length: classCount }, (_, id) => `class ${id}`),
    maximum: 16,
    train: part(classCount * perClass, 0),
    test: part((classCount * perClass) / 2, 3),
  };
}

/** The rows of a task (all of them unless given), as one flat array. */
export function readRows(samples: Samples, size: number, rows: number[] = [...samples.labels.keys()]): Float32Array {
  const out = new Float32Array(rows.length * size);
  samples.read(rows, out);
  return out;
}

/** How often each of 0 … classCount-1 occurs. */
export function countClasses(labels: ArrayLike<number>, classCount: number): number[] {
  const counts = Array.from({ length: classCount }, () => 0);
  for (const label of Array.from(labels)) counts[label]++;
  return counts;
}

/** Mean and standard deviation (divided by n) of the values of each channel, divided by `maximum`. */
export function momentsOf(inputs: Uint8Array, channels: number, maximum: number): { mean: number; std: number }[] {
  const count = inputs.length / channels;
  return Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    let squares = 0;
    for (let i = c; i < inputs.length; i += channels) {
      sum += inputs[i];
      squares += inputs[i] * inputs[i];
    }
    const mean = sum / count;
    return { mean: mean / maximum, std: Math.sqrt(squares / count - mean * mean) / maximum };
  });
}

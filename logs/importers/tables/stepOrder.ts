/** Digits of 16 bits in a 64-bit number. */
const digits = 4;
const base = 2 ** 16;

/**
 * Indices 0 … size−1 by step, of equal steps by training task, of equal ones as they came; null where they stand in this order already, as in most logs.
 * Steps are sorted by the bits of their numbers, digit by digit from the last: a million of them in any order take 0.1 s, with a comparing function 1 s.
 *
 * @param steps from 0 on, none of them −0: their bits, read as whole numbers, are in the order of the numbers
 * @param training whole numbers from −1 on; null where none is known
 * @example stepOrder(Float64Array.of(5, 1, 5), null, 3) // 1, 0, 2
 */
export function stepOrder(steps: Float64Array, training: Int32Array | null, size: number): Int32Array | null {
  if (isInOrder(steps, training, size)) return null;
  let order = Int32Array.from({ length: size }, (_, i) => i);
  let spare = new Int32Array(size);
  const sortBy = (buckets: number, digitOf: (i: number) => number): void => {
    const starts = new Int32Array(buckets + 1);
    for (let i = 0; i < size; i++) starts[digitOf(i) + 1]++;
    // All in one bucket: nothing to sort by.
    if (starts.includes(size)) return;
    for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 1] += starts[bucket];
    for (const i of order) spare[starts[digitOf(i)]++] = i;
    [order, spare] = [spare, order];
  };
  if (training)
    sortBy(training.subarray(0, size).reduce((most, task) => Math.max(most, task), -1) + 2, (i) => training[i] + 1);
  const bits = new Uint16Array(steps.buffer, steps.byteOffset, digits * size);
  // Machines that Node runs on keep the last digit first.
  for (let digit = 0; digit < digits; digit++) sortBy(base, (i) => bits[digits * i + digit]);
  return order;
}

function isInOrder(steps: Float64Array, training: Int32Array | null, size: number): boolean {
  for (let i = 1; i < size; i++) {
    if (steps[i] < steps[i - 1]) return false;
    if (training && steps[i] === steps[i - 1] && training[i] < training[i - 1]) return false;
  }
  return true;
}

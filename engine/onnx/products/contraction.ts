import type { Node, Value } from '../graph.ts';

/** One factor of a product: which of its axes are summed over together with the other's, run in parallel with them, or are the result's alone. */
export interface Factor {
  readonly value: Value;
  readonly contracted: readonly number[];
  readonly batch: readonly number[];
  readonly free: readonly number[];
}

/** A product of two values that sums over some of their axes: a matrix product, or a convolution by one of its two arguments. */
export interface Contraction {
  readonly factors: readonly [Factor, Factor];
  /** For each axis of the result, the factor and its axis that it comes from; null for one that windows are slid along. */
  readonly result: readonly (readonly [0 | 1, number] | null)[];
}

/** How an operator multiplies its first two inputs; null if it is no such product. */
export function contractionOf({ op, inputs, attributes }: Node): Contraction | null {
  const [a, b] = inputs;
  if (!a || !b) return null;
  if (op === 'Gemm' || op === 'MatMul' || op === 'FusedMatMul')
    return matrixProduct(a, b, attributes.transA === 1, attributes.transB === 1);
  if (a.shape.length !== 4 || (attributes.group ?? 1) !== 1) return null;
  // The window of the filter is summed over as well; it is neither inputs nor outputs.
  if (op === 'Conv') return convolution(a, b, 1, 0);
  return op === 'ConvTranspose' ? convolution(a, b, 0, 1) : null;
}

function convolution(image: Value, filter: Value, contracted: number, free: number): Contraction {
  return {
    factors: [
      { value: image, contracted: [1], batch: [], free: [0] },
      { value: filter, contracted: [contracted], batch: [], free: [free] },
    ],
    result: [[0, 0], [1, free], null, null],
  };
}

function matrixProduct(a: Value, b: Value, transA: boolean, transB: boolean): Contraction | null {
  const [left, right] = [a.shape.length, b.shape.length];
  if (left < 2 || right < 2) return null;
  const batch = Math.max(left, right) - 2;
  const [freeA, innerA] = transA ? [left - 1, left - 2] : [left - 2, left - 1];
  const [innerB, freeB] = transB ? [right - 1, right - 2] : [right - 2, right - 1];
  const before = (rank: number): number[] => Array.from({ length: rank - 2 }, (_, i) => i);
  return {
    factors: [
      { value: a, contracted: [innerA], batch: before(left), free: [freeA] },
      { value: b, contracted: [innerB], batch: before(right), free: [freeB] },
    ],
    result: [
      ...Array.from({ length: batch }, (_, i): readonly [0 | 1, number] => {
        const [atA, atB] = [i - batch + left - 2, i - batch + right - 2];
        return atB < 0 || (atA >= 0 && a.shape[atA] !== 1) ? [0, atA] : [1, atB];
      }),
      [0, freeA],
      [1, freeB],
    ],
  };
}

import type { Shape } from '../types.ts';

/** The shape of an element-wise operation on two arrays (NumPy's rule, which tfjs and ONNX share). */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new RangeError(`shapes ${a.join('×')} and ${b.join('×')} do not broadcast`);
    return x === 1 ? y : x;
  });
}

import { float32, openEngine, tf, type Tensor2D } from '../engine/index.ts';
import { secondsOf } from './measure.ts';

/** Shapes [rows, inner, columns] of the products that evaluation consists of, at several numbers of rows, and a square one. */
const shapes: readonly (readonly [number, number, number])[] = [
  [250, 784, 400],
  [500, 784, 400],
  [1000, 784, 400],
  [2000, 784, 400],
  [1000, 1000, 1000],
];

/** The best rate that the native library reaches on any of the shapes, in FLOP/s (a multiply-add counts as two). */
export async function sgemmRate(threads = 1): Promise<number> {
  let best = 0;
  for (const [rows, inner, columns] of shapes) best = Math.max(best, await rateOf(rows, inner, columns, threads));
  return best;
}

async function rateOf(rows: number, inner: number, columns: number, threads: number): Promise<number> {
  const engine = await openEngine('onnx', { threads });
  const program = await engine.compile('sgemm', ({ a, b }) => ({ product: tf.matMul(a as Tensor2D, b as Tensor2D) }), {
    a: float32(rows, inner),
    b: float32(inner, columns),
  });
  const a = new Float32Array(rows * inner).fill(0.5);
  const b = new Float32Array(inner * columns).fill(0.25);
  const product = new Float32Array(rows * columns);
  const seconds = await secondsOf(async () => {
    for (let i = 0; i < 20; i++) await program.run({ a, b }, { product });
  }, 9);
  await engine.dispose();
  return (20 * 2 * rows * inner * columns) / seconds;
}

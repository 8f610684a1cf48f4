import { float32, openEngine, tf, type Tensor2D } from '../engine/index.ts';
import { secondsOf } from './measure.ts';

/** Rate of the native library's single-precision matrix product, [rows, inner] × [inner, columns], in FLOP/s (a multiply-add counts as two). */
export async function sgemmRate(rows: number, inner: number, columns: number, threads = 1): Promise<number> {
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

import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, openEngine, type Engine, type Tensor2D } from '../../engine/index.ts';
import { bucketsOf, drawPlanes, planeSpec, type HashShape } from '../../methods/shared/simhash.ts';

const engines = { onnx: await openEngine('onnx'), wasm: await openEngine('wasm') };
afterAll(() => Promise.all(Object.values(engines).map((engine) => engine.dispose())));

async function bucketsBy(engine: Engine, shape: HashShape, vectors: readonly (readonly number[])[], seed = 1) {
  const planes = drawPlanes(shape, createRng(seed));
  const program = await engine.compile(
    'buckets',
    (all) => ({ buckets: bucketsOf(all.vectors as Tensor2D, all.planes as Tensor2D, shape) }),
    { vectors: float32(vectors.length, shape.width), planes: planeSpec(shape) },
  );
  const { buckets } = await program.run({ vectors: Float32Array.from(vectors.flat()), planes });
  await program.dispose();
  const of = (row: number) => Array.from(buckets.subarray(row * shape.tables, (row + 1) * shape.tables));
  return { planes, of };
}

describe.each(Object.entries(engines))('SimHash on %s', (_, engine) => {
  test('sets bit l of table k where the vector is on the positive side of plane k·L + l', async () => {
    const shape = { tables: 7, bits: 9, width: 6 };
    const rng = createRng('vectors');
    const vectors = Array.from({ length: 20 }, () => Array.from({ length: 6 }, () => rng.normal()));
    const { planes, of } = await bucketsBy(engine, shape, vectors);
    const expected = vectors.map((vector) =>
      Array.from({ length: 7 }, (_unused, k) => {
        let bucket = k * 512;
        for (let l = 0; l < 9; l++) {
          let product = 0;
          for (let j = 0; j < 6; j++) product += vector[j] * planes[j * 63 + 9 * k + l];
          if (product > 0) bucket += 2 ** l;
        }
        return bucket;
      }),
    );
    expect(vectors.map((_unused, row) => of(row))).toEqual(expected);
  });

  test.each([Math.PI / 12, Math.PI / 3, Math.PI / 2, 2.5])(
    'bits of vectors at the angle %d agree with probability 1 − θ/π (Charikar 2002), whatever their lengths',
    async (angle) => {
      const shape = { tables: 2000, bits: 10, width: 4 };
      const a = [0.5, 0.5, 0.5, 0.5];
      const b = [0.5, -0.5, 0.5, -0.5];
      const turned = a.map((value, j) => 0.03 * (Math.cos(angle) * value + Math.sin(angle) * b[j]));
      const { of } = await bucketsBy(engine, shape, [a, turned, turned.map((value) => 50 * value)]);
      expect(of(2)).toEqual(of(1));
      const bits = shape.tables * shape.bits;
      let agreeing = 0;
      of(0).forEach((bucket, k) => {
        for (let l = 0; l < shape.bits; l++) agreeing += Number(((bucket ^ of(1)[k]) & (1 << l)) === 0);
      });
      const probability = 1 - angle / Math.PI;
      // Four standard deviations of a share of independent bits.
      const tolerance = 4 * Math.sqrt((probability * (1 - probability)) / bits);
      expect(Math.abs(agreeing / bits - probability)).toBeLessThan(tolerance);
    },
  );
});

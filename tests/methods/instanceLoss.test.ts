import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, int32, openEngine, tf, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import { instanceLoss, instanceSimilarities } from '../../methods/shared/instanceLoss.ts';
import { createProjection } from '../../methods/shared/projection.ts';
import { instanceLossOf, similaritiesOf, unit, type Vector } from './onproOracle.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const rng = createRng('instances');
const matrix = (rows: number, columns: number, scale = 1) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * rng.normal()));

async function lossOf(
  similarities: readonly Vector[],
  groups: readonly number[],
  temperature: number,
  kind: 'stream' | 'replay',
  weights: readonly number[] = groups.map(() => 1),
) {
  const count = groups.length;
  const program = await onnx.compile(
    'instances',
    ({ s, group, weight }) => {
      const rows = { group: group as Tensor1D, weight: weight as Tensor1D };
      const loss = (tensor: Tensor2D) => instanceLoss(tensor, rows, temperature, kind);
      return { loss: loss(s as Tensor2D), gradient: tf.grad((tensor) => loss(tensor as Tensor2D))(s) };
    },
    { s: float32(count, count), group: int32(count), weight: float32(count) },
  );
  const { loss, gradient } = await program.run({
    s: Float32Array.from(similarities.flat()),
    group: Int32Array.from(groups),
    weight: Float32Array.from(weights),
  });
  return { loss: loss[0], gradient };
}

test('similarities compare projections with projections and with a slice of the normalised features', async () => {
  const z = matrix(4, 3).map(unit);
  const features = matrix(4, 7, 5);
  const program = await onnx.compile(
    'similarities',
    (inputs) => ({
      s: instanceSimilarities(inputs.z as Tensor2D, inputs.f as Tensor2D, inputs.slice as Tensor1D, 0.5),
    }),
    { z: float32(4, 3), f: float32(4, 7), slice: int32(3) },
  );
  const { s } = await program.run({
    z: Float32Array.from(z.flat()),
    f: Float32Array.from(features.flat()),
    slice: Int32Array.of(2, 3, 4),
  });
  similaritiesOf(z, features, 2, 0.5)
    .flat()
    .forEach((value, i) => expect(s[i]).toBeCloseTo(value, 6));
});

describe.each(['stream', 'replay'] as const)('the instance loss of the %s', (kind) => {
  const groups = [3, 3, 7, 1, 3, 3, 7, 1];
  const similarities = matrix(8, 8, 0.4);

  test('and its gradient are those of plain loops and their difference quotients', async () => {
    const { loss, gradient } = await lossOf(similarities, groups, 0.5, kind);
    expect(loss).toBeCloseTo(instanceLossOf(similarities, groups, 0.5, kind), 5);
    const h = 1e-5;
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < 8; j++) {
        const moved = (by: number) => {
          const other = similarities.map((row, r) => row.map((value, c) => (r === i && c === j ? value + by : value)));
          return instanceLossOf(other, groups, 0.5, kind);
        };
        expect(gradient[8 * i + j]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 5);
      }
  });

  test('does not know rows of weight 0, whatever their group', async () => {
    // One more image, that does not count: in both halves.
    const insert = <T>(list: readonly T[], value: T) => [...list.slice(0, 4), value, ...list.slice(4), value];
    const wide = insert(
      similarities.map((row) => insert(row, 40)),
      Array<number>(10).fill(-7),
    );
    const weights = insert(
      groups.map(() => 0.3),
      0,
    );
    const { loss } = await lossOf(wide, insert(groups, 3), 0.5, kind, weights);
    expect(loss).toBeCloseTo(instanceLossOf(similarities, groups, 0.5, kind), 5);
  });

  test('is finite where a positive is out of reach, at the temperature of the paper', async () => {
    const far = similarities.map((row, i) => row.map((_, j) => (i % 4 === (j + 1) % 4 ? 2 : -2)));
    const { loss, gradient } = await lossOf(far, groups, 0.07, kind);
    expect(loss).toBeCloseTo(instanceLossOf(far, groups, 0.07, kind), 3);
    expect([...gradient].every(Number.isFinite)).toBe(true);
  });
});

// Closed form, of two images of two groups and equal similarities. The stream's: 3 others, so log 3 from the twin and, twice, half of it;
// of replay 4 rows, so log 4.
test('of equal similarities it is the logarithm of the number of rows', async () => {
  const equal = Array.from({ length: 4 }, () => Array<number>(4).fill(0.2));
  expect((await lossOf(equal, [0, 1, 0, 1], 0.1, 'stream')).loss).toBeCloseTo(2 * Math.log(3), 5);
  expect((await lossOf(equal, [0, 1, 0, 1], 0.1, 'replay')).loss).toBeCloseTo(Math.log(4), 5);
});

test('a projection starts within ±1/√inputs and gives unit vectors', async () => {
  const { extra, project, width } = createProjection(16, [], 4, createRng(1));
  expect(width).toBe(4);
  const values = [...extra.initial['projection/output/weight'], ...extra.initial['projection/output/bias']];
  expect(values).toHaveLength(16 * 4 + 4);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
  expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.2);
  const program = await onnx.compile(
    'projection',
    ({ parameters, f }) => ({ z: project(parameters as never, f as Tensor2D) }),
    { parameters: extra.specs, f: float32(2, 16) },
  );
  const f = matrix(2, 16);
  const { z } = await program.run({ parameters: extra.initial, f: Float32Array.from(f.flat()) } as never);
  const weight = extra.initial['projection/output/weight'];
  f.forEach((row, i) => {
    const sums = [0, 1, 2, 3].map((k) =>
      row.reduce((sum, value, j) => sum + value * weight[4 * j + k], extra.initial['projection/output/bias'][k]),
    );
    unit(sums).forEach((value, k) => expect(z[4 * i + k]).toBeCloseTo(value, 5));
  });
});

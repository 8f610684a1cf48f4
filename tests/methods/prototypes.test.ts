import { afterAll, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, int32, openEngine, tf, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import { prototypeLoss } from '../../methods/shared/prototypes.ts';
import { classMeans, prototypeLossOf, unit, type Vector } from './onproOracle.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

interface Case {
  readonly one: readonly Vector[];
  readonly other: readonly Vector[];
  readonly y: readonly number[];
  readonly weight?: readonly number[];
  readonly classes: number;
  readonly temperature: number;
}

async function compute({ one, other, y, weight = y.map(() => 1), classes, temperature }: Case) {
  const [rows, width] = [one.length, one[0].length];
  const program = await onnx.compile(
    'prototypes',
    (inputs) => {
      const labelled = { y: inputs.y as Tensor1D, weight: inputs.weight as Tensor1D };
      return prototypeLoss(inputs.one as Tensor2D, inputs.other as Tensor2D, labelled, classes, temperature);
    },
    { one: float32(rows, width), other: float32(rows, width), y: int32(rows), weight: float32(rows) },
  );
  const { loss, means } = await program.run({
    one: Float32Array.from(one.flat()),
    other: Float32Array.from(other.flat()),
    y: Int32Array.from(y),
    weight: Float32Array.from(weight),
  });
  return { loss: loss[0], means: means as Float32Array };
}

const rng = createRng('prototypes');
const vectors = (count: number) =>
  Array.from({ length: count }, () => unit(Array.from({ length: 5 }, () => rng.normal())));

test('the loss and the means are those of plain loops, with classes that are absent and rows that do not count', async () => {
  const [one, other] = [vectors(9), vectors(9)];
  const y = [4, 1, 1, 6, 4, 1, 6, 4, 1];
  const { loss, means } = await compute({
    one: [...one, [50, 50, 50, 50, 50], [1, 0, 0, 0, 0]],
    other: [...other, [-50, 0, 0, 0, 0], [1, 0, 0, 0, 0]],
    y: [...y, 2, 4],
    weight: [...y.map((_, i) => 0.1 + i), 0, 0],
    classes: 7,
    temperature: 0.3,
  });
  expect(loss).toBeCloseTo(prototypeLossOf(one, other, y, 0.3), 5);
  const [first, second] = [classMeans(one, y), classMeans(other, y)];
  for (let label = 0; label < 7; label++)
    for (let k = 0; k < 5; k++) {
      const expected = ((first.get(label)?.[k] ?? 0) + (second.get(label)?.[k] ?? 0)) / 2;
      expect(means[5 * label + k]).toBeCloseTo(expected, 6);
    }
});

// Closed form: with K orthogonal prototypes that both views agree on, each anchor has its twin at similarity 1 and 2K − 2 others at 0.
test.each([1, 2, 4])('of %i orthogonal prototypes it is log(1 + (2K − 2)·exp(−1/τ))', async (count) => {
  const one = Array.from({ length: count }, (_, i) => [0, 1, 2, 3].map((k) => Number(k === i)));
  const y = Array.from({ length: count }, (_, i) => i);
  const { loss } = await compute({ one, other: one, y, classes: 5, temperature: 0.5 });
  expect(loss).toBeCloseTo(Math.log(1 + (2 * count - 2) * Math.exp(-2)), 6);
});

test('without rows that count it is 0', async () => {
  const one = vectors(2);
  const { loss, means } = await compute({ one, other: one, y: [0, 1], weight: [0, 0], classes: 3, temperature: 0.5 });
  expect(loss).toBeCloseTo(0, 12);
  expect(means.every((value) => value === 0)).toBe(true);
});

test('its gradient is the difference quotient of plain loops in 64-bit floats', async () => {
  const [one, other] = [vectors(6), vectors(6)];
  const y = [0, 2, 2, 0, 3, 2];
  const program = await onnx.compile(
    'gradient of prototypes',
    (inputs) => {
      const labelled = { y: tf.tensor1d(y, 'int32'), weight: tf.ones([6]) as Tensor1D };
      const loss = (z: Tensor2D) => prototypeLoss(z, inputs.other as Tensor2D, labelled, 4, 0.5).loss;
      return { gradient: tf.grad((z) => loss(z as Tensor2D))(inputs.one) };
    },
    { one: float32(6, 5), other: float32(6, 5) },
  );
  const { gradient } = await program.run({
    one: Float32Array.from(one.flat()),
    other: Float32Array.from(other.flat()),
  });
  const h = 1e-5;
  for (let i = 0; i < 6; i++)
    for (let k = 0; k < 5; k++) {
      const moved = (by: number) =>
        prototypeLossOf(
          one.map((row, r) => row.map((value, c) => (r === i && c === k ? value + by : value))),
          other,
          y,
          0.5,
        );
      expect(gradient[5 * i + k]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 5);
    }
});

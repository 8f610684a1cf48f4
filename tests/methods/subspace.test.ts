import { Matrix as Reference, SVD } from 'ml-matrix';
import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { openEngine, smallCnn, tf, type Tensor2D, type Tensor4D } from '../../engine/index.ts';
import {
  addDirections,
  complementOf,
  emptyBasis,
  extendBasis,
  matrixOf,
  type Basis,
} from '../../methods/shared/subspace/basis.ts';
import { energyOf, gramOfRows, rowOf, timesTransposed, type Matrix } from '../../methods/shared/subspace/matrix.ts';
import { createRepresentations } from '../../methods/shared/subspace/representations.ts';
import { spectrumOf } from '../../methods/shared/subspace/spectrum.ts';
import { createTrainer } from '../../methods/shared/trainer.ts';
import { blobStream, setupFor, taskOf } from './fixtures.ts';
import { diagonal, matrix } from './subspaceFixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** 32-bit numbers, as representations are, of falling size along random directions. */
function noise(rows: number, columns: number, seed: string, rank = Math.min(rows, columns)): Matrix {
  const rng = createRng(seed);
  const draw = (count: number, length: number) =>
    Array.from({ length: count }, () => Array.from({ length }, () => rng.normal()));
  const [left, right] = [draw(rows, rank), draw(rank, columns)];
  return matrix(
    left.map((row) =>
      Array.from({ length: columns }, (_, j) =>
        Math.fround(row.reduce((sum, value, k) => sum + (value * right[k][j]) / (k + 1), 0)),
      ),
    ),
  );
}

function largestOffIdentity(basis: Basis): number {
  const { values, rows } = gramOfRows(matrixOf(basis));
  return Math.max(...values.map((value, i) => Math.abs(value - Number(i % (rows + 1) === 0))));
}

describe('the spectrum of rows', () => {
  // Oracle: the singular value decomposition of ml-matrix (Golub and Reinsch), which does not square the matrix.
  test.each([
    [5, 9],
    [9, 5],
    [30, 30],
  ])('of %i × %i numbers has the squared singular values and the singular vectors', (rows, columns) => {
    const a = noise(rows, columns, 'spectrum');
    const { energies, directions } = spectrumOf(a);
    const svd = new SVD(Reference.from1DArray(rows, columns, a.values), { autoTranspose: true });
    const expected = svd.diagonal.map((value) => value ** 2);
    expect(energies).toHaveLength(Math.min(rows, columns));
    energies.forEach((energy, i) => expect(Math.abs(energy - expected[i])).toBeLessThan(1e-12 * expected[0]));
    const found = directions(energies.length);
    const vectors = svd.rightSingularVectors;
    for (let i = 0; i < energies.length; i++) {
      const along = rowOf(found, i).reduce((sum, value, j) => sum + value * vectors.get(j, i), 0);
      expect(Math.abs(Math.abs(along) - 1)).toBeLessThan(1e-7);
    }
  });

  test('has no directions beyond the rank', () => {
    expect(spectrumOf(noise(20, 12, 'rank', 3)).energies).toHaveLength(3);
    expect(spectrumOf(matrix([[0, 0], [0, 0]])).energies).toHaveLength(0); // prettier-ignore
  });
});

describe('a basis', () => {
  // By hand: energies 9, 4 and 1 of 14, shares .643, .929 and 1.
  test.each([
    [0, 0],
    [0.64, 1],
    [0.65, 2],
    [0.92, 2],
    [0.93, 3],
    [1, 3],
  ])('holds the share %d of diag(3, 2, 1) in %i directions, the smallest number that reaches it', (threshold, rank) => {
    const basis = extendBasis(emptyBasis(3), diagonal(3, 2, 1), threshold);
    expect(basis.rank).toBe(rank);
    for (let i = 0; i < rank; i++) expect(Math.abs(basis.directions[i * 3 + i])).toBeCloseTo(1, 7);
  });

  test('counts what it holds already, and adds the directions that the rest has most of', () => {
    // By hand: of 14 it holds 4; .9 asks for 12.6, which the direction of 9 reaches, .95 for 13.3, which takes the last one, too.
    const held = extendBasis(emptyBasis(3), diagonal(0, 1, 0), 1);
    expect([...held.directions].map(Math.abs)).toEqual([0, 1, 0]);
    const grown = extendBasis(held, diagonal(3, 2, 1), 0.9);
    expect([...grown.directions].map(Math.abs)).toEqual([0, 1, 0, 1, 0, 0]);
    expect(extendBasis(held, diagonal(3, 2, 1), 0.95).rank).toBe(3);
    expect(extendBasis(held, diagonal(0.1, 5, 0.1), 0.99)).toBe(held);
  });

  test('grows no further than rows have directions, nor than there are', () => {
    const once = extendBasis(emptyBasis(12), noise(20, 12, 'few', 3), 1);
    expect(once.rank).toBe(3);
    expect(extendBasis(once, noise(20, 12, 'few', 3), 1).rank).toBe(3);
    expect(extendBasis(emptyBasis(12), { rows: 4, columns: 12, values: new Float64Array(48) }, 1).rank).toBe(0);
    const full = extendBasis(once, noise(40, 12, 'all'), 1);
    expect(full.rank).toBe(12);
    expect(extendBasis(full, noise(40, 12, 'more'), 1)).toBe(full);
  });

  test('stays orthonormal as it grows, and so is its complement, and the one to the other', () => {
    let basis = emptyBasis(40);
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) basis = extendBasis(basis, noise(25, 40, seed), 0.95);
    expect(basis.rank).toBeGreaterThan(20);
    expect(basis.rank).toBeLessThan(40);
    const rest = complementOf(basis);
    expect(rest.rank).toBe(40 - basis.rank);
    expect(largestOffIdentity(basis)).toBeLessThan(1e-6);
    expect(largestOffIdentity(rest)).toBeLessThan(1e-6);
    expect(Math.max(...timesTransposed(matrixOf(basis), matrixOf(rest)).values.map(Math.abs))).toBeLessThan(1e-6);
  });

  test('takes in no direction that it holds', () => {
    const basis = extendBasis(emptyBasis(6), noise(3, 6, 'held'), 1);
    const added = addDirections(basis, noise(3, 6, 'held'));
    expect(added.rank).toBe(3);
    expect(energyOf(matrixOf(added))).toBeCloseTo(3, 5);
  });
});

describe('representations', () => {
  const stream = blobStream('split', 'class');

  test('of a convolution are what its filters are multiplied with', async () => {
    // Oracle: the convolution itself, windows of the same rows times the weight as it lies in memory.
    const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [3, 2], hidden: 5, bias: false });
    const setup = setupFor('finetune', { engine: onnx, stream, network });
    const trainer = createTrainer(setup);
    const collect = await createRepresentations(
      setup,
      trainer,
      network.layers,
      { samples: 12, windows: 12 * 16 },
      createRng(1),
    );
    const task = taskOf(stream, 0);
    const selected = Int32Array.from({ length: 12 }, (_, i) => 2 * i);
    const seen = await collect(task, selected, setup.initial);
    const x = new Float32Array(12 * 16);
    task.train.read(selected, x);
    const shown = await onnx.compile(
      'maps',
      ({ parameters, x: rows }) => {
        const outputs: Record<string, Tensor2D> = {};
        const note = (name: string, _: unknown, output: Tensor2D | Tensor4D) => {
          outputs[name] = tf.reshape(output, [-1, output.shape.at(-1)!]);
          return output as never;
        };
        network.apply(parameters, rows as Tensor2D, { mode: 'inference', statistics: {}, tap: note, mapTap: note });
        return outputs;
      },
      { parameters: network.parameters, x: { shape: [12, 16], dtype: 'float32' } },
    );
    const outputs = await shown.run({ parameters: setup.initial, x });
    for (const { name, kind, outputs: width } of network.layers) {
      const weight = Float64Array.from(setup.initial[`${name}/weight`]);
      const rows = seen[name];
      for (let row = 0; row < rows.rows; row++)
        for (let out = 0; out < width; out++) {
          let sum = 0;
          for (let j = 0; j < rows.columns; j++)
            sum += rowOf(rows, row)[j] * weight[kind === 'conv' ? out * rows.columns + j : j * width + out];
          expect(Math.abs(sum - outputs[name][row * width + out])).toBeLessThan(1e-5);
        }
    }
    expect(seen.conv2).toMatchObject({ rows: 12 * 4, columns: 27 });
  });

  test('take some of the windows where there are more than are wanted', async () => {
    const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [3, 2], hidden: 5 });
    const setup = setupFor('finetune', { engine: onnx, stream, network });
    const trainer = createTrainer(setup);
    const collect = async (windows: number) => {
      const pass = await createRepresentations(setup, trainer, network.layers, { samples: 15, windows }, createRng(2));
      return pass(
        taskOf(stream, 0),
        Int32Array.from({ length: 15 }, (_, i) => i),
        setup.initial,
      );
    };
    const [all, some] = [await collect(15 * 16), await collect(15 * 3)];
    expect(some).toMatchObject({ conv1: { rows: 45 }, conv2: { rows: 45 }, hidden1: { rows: 15 } });
    expect(some.hidden1).toEqual(all.hidden1);
    for (let row = 0; row < 45; row++) {
      const image = Array.from({ length: 16 }, (_, i) => rowOf(all.conv1, 16 * Math.floor(row / 3) + i));
      expect(image).toContainEqual(rowOf(some.conv1, row));
    }
  });
});

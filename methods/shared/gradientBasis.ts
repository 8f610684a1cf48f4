import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { float32, tf, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import type { Setup, State } from '../contract.ts';
import { flatSize } from './flat.ts';
import type { Trainer } from './trainer.ts';

/** Share of the largest energy below which a direction is rounding: Gram matrices are of 32-bit products. */
const negligible = 1e-5;

/** Orthonormal directions in the space of all parameters. */
export interface GradientBasis {
  readonly count: number;
  /** `[count, parameters]` */
  readonly directions: Float32Array;
  /**
   * Adds the directions of some gradients `[rows, parameters]` that it does not have yet; nothing is added for gradients that are 0 or lie in
   * its span but for rounding. Each gradient counts by its direction alone.
   * @returns how many were added
   */
  add(gradients: Float32Array, rows: number): Promise<number>;
  state(): State;
  restore(state: State): void;
}

/**
 * Gram–Schmidt by blocks: gradients lose their part in the basis, and the eigenvectors of their Gram matrix make them orthonormal among
 * themselves; both twice, since once leaves the rounding of what was lost. The products are compiled programs, the eigenvectors those of ml-matrix.
 */
export function createGradientBasis({ engine, network }: Setup, trainer: Trainer): GradientBasis {
  const size = flatSize(network.parameters);
  let count = 0;
  let directions = new Float32Array(0);

  /** Rows without their part in the basis, and their inner products. */
  async function reduce(rows: Float32Array, length: number) {
    const specs = { rows: float32(length, size), ...(count > 0 && { basis: float32(count, size) }) };
    const program = await engine.compile(
      'gradient-basis',
      ({ rows: given, basis }) => {
        const [vectors, held] = [given as Tensor2D, basis as Tensor2D | undefined];
        const rest = held ? tf.sub(vectors, tf.matMul(tf.matMul(vectors, held, false, true), held)) : vectors;
        return { rest, gram: tf.matMul(rest as Tensor2D, rest as Tensor2D, false, true) };
      },
      specs,
    );
    const result = await program.run({ rows, ...(count > 0 && { basis: directions }) } as never);
    trainer.addFlops(program.flops);
    await program.dispose();
    return result as { rest: Float32Array; gram: Float32Array };
  }

  /** `[mix.length / length, parameters]`, combinations of rows. */
  async function combine(rows: Float32Array, length: number, mix: Float32Array): Promise<Float32Array> {
    const program = await engine.compile(
      'gradient-mix',
      (given) => ({ mixed: tf.matMul(given.mix as Tensor2D, given.rows as Tensor2D) }),
      { mix: float32(mix.length / length, length), rows: float32(length, size) },
    );
    const { mixed } = await program.run({ mix, rows });
    trainer.addFlops(program.flops);
    await program.dispose();
    return mixed as Float32Array;
  }

  return {
    get count() {
      return count;
    },
    get directions() {
      return directions;
    },
    async add(gradients, rows) {
      let [vectors, length] = [unitRows(gradients, rows, size), rows];
      for (let pass = 0; pass < 2 && length > 0; pass++) {
        const { rest, gram } = await reduce(vectors, length);
        const mix = orthonormalMix(gram, length, pass === 0 ? negligible : 0);
        vectors = mix.length === 0 ? new Float32Array(0) : await combine(rest, length, mix);
        length = mix.length / length;
      }
      const most = Math.min(length, size - count);
      const grown = new Float32Array((count + most) * size);
      grown.set(directions);
      grown.set(vectors.subarray(0, most * size), count * size);
      directions = grown;
      count += most;
      return most;
    },
    state: () => ({ count, directions }),
    restore(state) {
      count = state.count as number;
      directions = (state.directions as Float32Array).slice();
    },
  };
}

/** `[count]`, g − Bᵀ(B·g): a vector without its part in the span of the orthonormal rows of B `[directions, count]`. */
export function projectOff(vector: Tensor1D, basis: Tensor2D): Tensor1D {
  const column = tf.reshape(vector, [-1, 1]) as Tensor2D;
  const along = tf.matMul(basis, column);
  return tf.sub(vector, tf.reshape(tf.matMul(basis, along, true), [-1]));
}

/** Rows of length 1; a row of zeros stays. */
function unitRows(values: Float32Array, rows: number, size: number): Float32Array {
  const scaled = values.slice(0, rows * size);
  for (let row = 0; row < rows; row++) {
    const part = scaled.subarray(row * size, (row + 1) * size);
    const length = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < size; i++) part[i] /= length;
  }
  return scaled;
}

/**
 * `[directions, rows]`, combinations of rows that are orthonormal, by the rows' Gram matrix `[rows, rows]` = U·diag(e)·Uᵀ: uᵢᵀ/√eᵢ, for energies above
 * `least` of the whole (of rows of length 1: their number) or of the largest.
 */
function orthonormalMix(gram: Float32Array, rows: number, least: number): Float32Array {
  const symmetric = Matrix.from1DArray(rows, rows, Float64Array.from(gram));
  const decomposition = new EigenvalueDecomposition(symmetric.add(symmetric.transpose()).mul(0.5), {
    assumeSymmetric: true,
  });
  const energies = decomposition.realEigenvalues;
  const kept = energies
    .map((energy, i) => ({ energy, i }))
    // What is left of unit vectors that lie in the basis is rounding, however it compares among itself.
    .filter(({ energy }) => energy > Math.max(least, Number.MIN_VALUE))
    .toSorted((a, b) => b.energy - a.energy);
  const mix = new Float32Array(kept.length * rows);
  kept.forEach(({ energy, i }, row) => {
    const vector = decomposition.eigenvectorMatrix.getColumn(i);
    vector.forEach((share, column) => (mix[row * rows + column] = share / Math.sqrt(energy)));
  });
  return mix;
}

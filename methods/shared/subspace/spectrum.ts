import { EigenvalueDecomposition, Matrix as Rows } from 'ml-matrix';
import { addScaled, energyOf, gramOfColumns, gramOfRows, rowOf, zeros, type Matrix } from './matrix.ts';

/** Share of the whole energy below which a direction is rounding of 32-bit inputs. */
const negligible = 1e-12;

/** The directions that rows lie along, the one with most energy first. */
export interface Spectrum {
  /** Σ over rows of their squared part along each direction: the squared singular values. Directions that are but rounding are left out. */
  readonly energies: Float64Array;
  /** The first `count` of the directions, unit vectors, one a row. */
  directions(count: number): Matrix;
}

/**
 * The right singular vectors of A `[rows, columns]` and its squared singular values, by the eigenvalues of the smaller of A·Aᵀ and Aᵀ·A: for
 * 300 rows of 784 numbers that takes a fifth of the time of a singular value decomposition. Squaring costs half of the digits of small
 * singular values: relative to the largest they are right to about 1e-8 in 64-bit floats, where 32-bit inputs are rounded at 1e-7.
 * @param whole energy that rounding is measured by; that of A unless given
 */
export function spectrumOf(a: Matrix, whole = energyOf(a)): Spectrum {
  const byRows = a.rows <= a.columns;
  const gram = byRows ? gramOfRows(a) : gramOfColumns(a);
  const decomposition = new EigenvalueDecomposition(Rows.from1DArray(gram.rows, gram.rows, gram.values), {
    assumeSymmetric: true,
  });
  const values = decomposition.realEigenvalues;
  const vectors = decomposition.eigenvectorMatrix;
  const order = values
    .map((_, i) => i)
    .filter((i) => values[i] > negligible * whole)
    .toSorted((i, j) => values[j] - values[i]);
  return {
    energies: Float64Array.from(order, (i) => values[i]),
    directions(count) {
      const directions = zeros(count, a.columns);
      for (let row = 0; row < count; row++) {
        const direction = rowOf(directions, row);
        const vector = vectors.getColumn(order[row]);
        if (!byRows) direction.set(vector);
        else
          for (const [i, share] of vector.entries())
            addScaled(direction, share / Math.sqrt(values[order[row]]), rowOf(a, i));
      }
      return directions;
    },
  };
}

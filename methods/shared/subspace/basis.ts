import { addScaled, energyOf, inner, rowOf, times, timesTransposed, zeros, type Matrix } from './matrix.ts';
import { spectrumOf } from './spectrum.ts';

/** A subspace of the inputs of a layer: orthonormal directions, one a row. */
export interface Basis {
  /** Numbers in a direction: inputs of the layer, times the extent of its window. */
  readonly size: number;
  /** Number of directions. */
  readonly rank: number;
  /** `[rank, size]` */
  readonly directions: Float32Array;
}

export function emptyBasis(size: number): Basis {
  return { size, rank: 0, directions: new Float32Array(0) };
}

/** The directions in 64-bit floats. */
export function matrixOf({ rank, size, directions }: Basis): Matrix {
  return { rows: rank, columns: size, values: Float64Array.from(directions) };
}

/** Rows without their part in a subspace: A − A·BᵀB. */
export function residualOf(a: Matrix, basis: Basis): Matrix {
  const directions = matrixOf(basis);
  const part = times(timesTransposed(a, directions), directions);
  return { ...a, values: a.values.map((value, i) => value - part.values[i]) };
}

/**
 * The smallest k for which kept + Σ of the first k energies ≥ threshold·whole; all of them if there is none. The last digits do not count, so
 * that a threshold of 1 can be reached.
 */
export function countDirections(energies: Float64Array, kept: number, whole: number, threshold: number): number {
  const wanted = threshold * whole * (1 - 1e-12);
  let sum = kept;
  let count = 0;
  while (count < energies.length && sum < wanted) sum += energies[count++];
  return count;
}

/**
 * A basis that holds the given share of the energy of some representations (GPM, arXiv:2103.09762, equations 5, 8 and 9): to the directions
 * there are it adds those of most energy in what they leave of the representations, as few as will do.
 * @param representations one a row
 * @param threshold share of ‖R‖² in [0, 1] (ε)
 */
export function extendBasis(basis: Basis, representations: Matrix, threshold: number): Basis {
  const whole = energyOf(representations);
  const rest = residualOf(representations, basis);
  const kept = Math.max(0, whole - energyOf(rest));
  const room = basis.size - basis.rank;
  if (room === 0 || kept >= threshold * whole) return basis;
  const spectrum = spectrumOf(rest, whole);
  const count = Math.min(room, countDirections(spectrum.energies, kept, whole, threshold));
  return addDirections(basis, spectrum.directions(count));
}

/** A basis with further directions, made orthonormal to it and to one another; those that lie in it already are left out. */
export function addDirections(basis: Basis, added: Matrix): Basis {
  const all = zeros(basis.rank + added.rows, basis.size);
  all.values.set(basis.directions);
  let rank = basis.rank;
  for (let row = 0; row < added.rows && rank < basis.size; row++) {
    rowOf(all, rank).set(rowOf(added, row));
    if (orthonormalize(all, rank) > 1e-6) rank++;
  }
  return { size: basis.size, rank, directions: Float32Array.from(all.values.subarray(0, rank * basis.size)) };
}

/** A basis of all that is orthogonal to another: unit vectors, each time the one that lies furthest outside, made orthonormal. */
export function complementOf(basis: Basis): Basis {
  const { size, rank } = basis;
  const all = zeros(size, size);
  all.values.set(basis.directions);
  /** How much of each unit vector lies outside. */
  const outside = new Float64Array(size).fill(1);
  const takeFrom = (row: Float64Array) => row.forEach((value, i) => (outside[i] -= value * value));
  for (let row = 0; row < rank; row++) takeFrom(rowOf(all, row));
  for (let row = rank; row < size; row++) {
    const direction = rowOf(all, row);
    direction[outside.indexOf(Math.max(...outside))] = 1;
    orthonormalize(all, row);
    takeFrom(direction);
  }
  return { size, rank: size - rank, directions: Float32Array.from(all.values.subarray(rank * size)) };
}

/** Makes a row of unit length and orthogonal to all rows before it, which are so; the share of its length that was left. */
function orthonormalize(all: Matrix, row: number): number {
  const direction = rowOf(all, row);
  const before = Math.sqrt(inner(direction, direction));
  // Twice is enough: the first time leaves the rounding of a large part, the second that of a small one.
  for (let time = 0; time < 2; time++)
    for (let i = 0; i < row; i++) addScaled(direction, -inner(direction, rowOf(all, i)), rowOf(all, i));
  const length = Math.sqrt(inner(direction, direction));
  for (let i = 0; i < direction.length; i++) direction[i] /= length;
  return length / before;
}

/**
 * The basis of a task of its own, and one of all tasks so far (TRGP, arXiv:2202.02931): the directions of the old union and those that it leaves of
 * the representations, ranked by their energy; the first that hold the given share are the task's, and those of them that are new join the union.
 */
export function taskBasis(
  union: Basis,
  representations: Matrix,
  threshold: number,
): { readonly own: Basis; readonly union: Basis } {
  const whole = energyOf(representations);
  const directions = matrixOf(union);
  const along = timesTransposed(directions, representations);
  const old = Array.from({ length: union.rank }, (_, i) => ({
    old: i,
    energy: inner(rowOf(along, i), rowOf(along, i)),
  }));
  const { energies, directions: leading } = spectrumOf(residualOf(representations, union), whole);
  const room = union.size - union.rank;
  const fresh = Array.from(energies.subarray(0, room), (energy) => ({ old: -1, energy }));
  const ranked = [...old, ...fresh].filter(({ energy }) => energy > 0).toSorted((a, b) => b.energy - a.energy);
  const count = countDirections(
    Float64Array.from(ranked, ({ energy }) => energy),
    0,
    whole,
    threshold,
  );
  const chosen = ranked.slice(0, count);
  const grown = addDirections(union, leading(chosen.filter((each) => each.old < 0).length));
  const kept = [
    ...chosen.filter((each) => each.old >= 0).map((each) => each.old),
    ...Array.from({ length: grown.rank - union.rank }, (_, i) => union.rank + i),
  ];
  const own = new Float32Array(kept.length * union.size);
  kept.forEach((row, i) =>
    own.set(grown.directions.subarray(row * union.size, (row + 1) * union.size), i * union.size),
  );
  return { own: { size: union.size, rank: kept.length, directions: own }, union: grown };
}

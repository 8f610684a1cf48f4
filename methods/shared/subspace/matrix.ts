/** Numbers in 64-bit floats, row after row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

export function rowOf({ columns, values }: Matrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns);
}

/** Σ of the squares of all numbers, ‖A‖². */
export function energyOf({ values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}

export function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** target ← target + factor·vector */
export function addScaled(target: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * vector[i];
}

/** A·Bᵀ, `[A.rows, B.rows]`: the inner products of the rows of both. */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  const product = zeros(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    const out = rowOf(product, i);
    for (let j = 0; j < b.rows; j++) out[j] = inner(row, rowOf(b, j));
  }
  return product;
}

/** A·B, `[A.rows, B.columns]` */
export function times(a: Matrix, b: Matrix): Matrix {
  const product = zeros(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    const out = rowOf(product, i);
    for (let j = 0; j < b.rows; j++) addScaled(out, row[j], rowOf(b, j));
  }
  return product;
}

/** A·Aᵀ, `[rows, rows]`: the inner products of its rows. */
export function gramOfRows(a: Matrix): Matrix {
  const gram = zeros(a.rows, a.rows);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    for (let j = 0; j <= i; j++) {
      const product = inner(row, rowOf(a, j));
      gram.values[i * a.rows + j] = product;
      gram.values[j * a.rows + i] = product;
    }
  }
  return gram;
}

/** Aᵀ·A, `[columns, columns]`: the inner products of its columns. */
export function gramOfColumns(a: Matrix): Matrix {
  const gram = zeros(a.columns, a.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    // The lower triangle; inputs after a ReLU are 0 half of the time.
    for (let j = 0; j < a.columns; j++)
      if (row[j] !== 0) addScaled(rowOf(gram, j).subarray(0, j + 1), row[j], row.subarray(0, j + 1));
  }
  for (let i = 0; i < a.columns; i++)
    for (let j = 0; j < i; j++) gram.values[j * a.columns + i] = gram.values[i * a.columns + j];
  return gram;
}

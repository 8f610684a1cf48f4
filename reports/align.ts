type Rows = readonly (readonly string[])[];

/** Characters that each column needs. */
export function widthsOf(rows: Rows): number[] {
  return rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
}

/** Rows of cells as lines: the first columns to the left, the others to the right, two spaces between. */
export function align(rows: Rows, left = 1): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

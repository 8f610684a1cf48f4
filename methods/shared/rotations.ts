/**
 * Where each pixel comes from in the sixteen rotated versions of a square image that OCM and OnPro (arXiv:2308.00301) tell apart: neither,
 * the left, both or the right half turned by 180° within itself, and each of these turned as a whole by 0°, 180°, 90° and 270°. The first is
 * the image as it is.
 * @param side pixels of a side; even
 * @returns sixteen tables `[side · side]`
 */
export function rotationTables(side: number): Int32Array[] {
  if (side % 2 !== 0) throw new RangeError(`halves of an image need an even number of columns, not ${side}`);
  const half = side / 2;
  const table = (source: (row: number, column: number) => number): Int32Array =>
    Int32Array.from({ length: side * side }, (_, i) => source(Math.floor(i / side), i % side));
  const at = (row: number, column: number): number => row * side + column;
  const halves = [
    [false, false],
    [true, false],
    [true, true],
    [false, true],
  ].map((turned) =>
    table((row, column) => {
      const right = Number(column >= half);
      if (!turned[right]) return at(row, column);
      return at(side - 1 - row, right * half + (half - 1 - (column - right * half)));
    }),
  );
  const wholes = [
    table(at),
    table((row, column) => at(side - 1 - row, side - 1 - column)),
    table((row, column) => at(column, side - 1 - row)),
    table((row, column) => at(side - 1 - column, row)),
  ];
  return wholes.flatMap((whole) => halves.map((inner) => whole.map((place) => inner[place])));
}

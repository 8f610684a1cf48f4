/** Points of PostScript and CSS in one unit: 72 to the inch. TeX's own `pt` is 0.4 % less, its `bp` is this. */
const pointsIn = { in: 72, cm: 72 / 2.54, mm: 72 / 25.4, pt: 1, px: 72 / 96 } as const;

/**
 * A length such as `3.25in`, `8.3cm`, `83mm`, `234pt` or `312px` (96 to the inch), in points of 1/72 inch. Null for other text, and unless above 0.
 *
 * @example readLength('1in') // 72
 */
export function readLength(text: string): number | null {
  const [, digits, unit] = /^\s*(\d+\.?\d*|\.\d+)\s*(in|cm|mm|pt|px)\s*$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const points = Number(digits) * pointsIn[unit as keyof typeof pointsIn];
  return points > 0 && Number.isFinite(points) ? points : null;
}

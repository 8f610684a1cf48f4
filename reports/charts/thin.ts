import type { Point } from './svg.ts';

/**
 * The first, lowest, highest and last point of every stretch of `width` along x, each at its true place: what a drawing that cannot show more dots sideways
 * shows of the curve, with every dip at its full depth. Few points come back as they are; breaks of the line stay.
 *
 * @example thinned(points, (to - from) / 500) // at most 2,000 points between from and to, and one more a break
 */
export function thinned(points: readonly Point[], width: number): readonly Point[] {
  if (points.length === 0 || !(width > 0)) return points;
  const from = points[0].x;
  if (points.length <= (4 * (points.at(-1)!.x - from)) / width) return points;
  const bucketOf = ({ x }: Point): number => Math.floor((x - from) / width);
  const kept: Point[] = [];
  let [first, low, high] = [0, 0, 0];
  for (let i = 0; i <= points.length; i++) {
    const ends = i === points.length || isBreak(points[i]) || isBreak(points[first]);
    if (i > first && (ends || bucketOf(points[i]) !== bucketOf(points[first]))) {
      for (const index of [...new Set([first, low, high, i - 1])].toSorted((a, b) => a - b)) kept.push(points[index]);
      [first, low, high] = [i, i, i];
    }
    if (i === points.length) break;
    if (points[i].y < points[low].y) low = i;
    if (points[i].y > points[high].y) high = i;
  }
  return kept;
}

const isBreak = ({ y }: Point): boolean => Number.isNaN(y);

import type { Point } from './svg.ts';

/**
 * The first, lowest, highest and last point of every one of `buckets` equal stretches of x, each at its true place: what a drawing that cannot show more dots
 * sideways shows of the curve, with every dip at its full depth. Few points come back as they are; breaks of the line stay.
 *
 * @example thinned(points, 1000) // at most 4,000 points, and one more a break
 */
export function thinned(points: readonly Point[], buckets: number): readonly Point[] {
  if (points.length <= 4 * buckets) return points;
  const [from, to] = [points[0].x, points.at(-1)!.x];
  const bucketOf = ({ x }: Point): number =>
    Math.min(buckets - 1, Math.floor(((x - from) / (to - from || 1)) * buckets));
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

/** A rectangle, by its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placement {
  readonly box: Box;
  /** Whether it lies so far from its point that a line should lead there. */
  readonly far: boolean;
}

/** Where a label may lie: to the right, the left, above and below, then at corners. */
const directions = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;

/** Distances from a point, in units of `gap`, that are tried one after the other. */
const distances = [1, 2, 4, 6, 8, 11];

/**
 * Places a label beside each point so that none covers another or an obstacle and all lie within bounds: at the first free place, from near to
 * far. A label without a free place goes to its first one, whatever is there.
 * @param points in the order in which they choose
 * @param obstacles what labels must not cover, such as the marks themselves
 */
export function placeLabels(
  points: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[],
  obstacles: readonly Box[],
  bounds: Box,
  gap: number,
): Placement[] {
  const taken = [...obstacles];
  return points.map(({ x, y, width, height }) => {
    const candidates = distances.flatMap((distance) =>
      directions.map(([right, down]): Placement => {
        const away = gap * distance;
        const box = {
          x: x + right * away - (right > 0 ? 0 : right < 0 ? width : width / 2),
          y: y + down * away - (down > 0 ? 0 : down < 0 ? height : height / 2),
          width,
          height,
        };
        return { box, far: distance > 2 };
      }),
    );
    const free = candidates.find(({ box }) => within(box, bounds) && !taken.some((other) => overlap(box, other)));
    const placed = free ?? candidates[0];
    taken.push(placed.box);
    return placed;
  });
}

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function within(a: Box, b: Box): boolean {
  return a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
}

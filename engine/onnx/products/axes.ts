import { sizeOf, type Shape } from '../../types.ts';
import type { Value } from '../graph.ts';

/** What an axis counts: rows of data, the inputs or the outputs of a layer, or anything else, such as pixels, features and windows. */
export type Role = 'row' | 'in' | 'out' | 'other';

/** An axis, or a part of one: reshaping joins axes and splits them. */
export interface Part {
  readonly extent: number;
  readonly role: Role;
}

/** The parts of an axis, outermost first. */
export type Axis = readonly Part[];

/** What the axes of a value count. Only a view of a layer's weight has inputs and outputs. */
export interface Layout {
  readonly axes: readonly Axis[];
  /** The program's input that this is a view of: the same numbers in another order or shape, or scaled, masked or updated one by one. */
  readonly weight: Value | null;
}

export const has = (axis: Axis, role: Role): boolean => axis.some((part) => part.role === role);

/** Whether any of the axes with these places has the role. */
export const anyHas = ({ axes }: Layout, places: readonly number[], role: Role): boolean =>
  places.some((place) => has(axes[place], role));

export const other = (extent: number): Axis => [{ extent, role: 'other' }];

/** A value of which nothing is known. */
export function unknown(shape: Shape): Layout {
  return { axes: shape.map(other), weight: null };
}

const extentOf = (axis: Axis): number => axis.reduce((product, { extent }) => product * extent, 1);

/** Joins neighbours that count the same, and drops what counts nothing. */
function tidy(parts: Axis): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    if (part.extent === 1 && part.role === 'other') continue;
    const last = result.at(-1);
    if (last?.role === part.role) result[result.length - 1] = { ...last, extent: last.extent * part.extent };
    else result.push(part);
  }
  return result;
}

/** The axes of the same numbers in another shape; null if an axis would begin amid a part that cannot be split there. */
function regroup(axes: readonly Axis[], shape: Shape): Axis[] | null {
  const queue = tidy(axes.flat());
  const result: Part[][] = [];
  for (const extent of shape) {
    const axis: Part[] = [];
    let open = extent;
    if (extent === 1 && queue[0]?.extent === 1) axis.push(queue.shift()!);
    while (open > 1) {
      const part = queue.shift();
      if (!part) return null;
      if (open % part.extent === 0) {
        axis.push(part);
        open /= part.extent;
      } else if (part.extent % open === 0) {
        axis.push({ ...part, extent: open });
        queue.unshift({ ...part, extent: part.extent / open });
        open = 1;
      } else return null;
    }
    result.push(axis);
  }
  result.at(-1)?.push(...queue);
  return result;
}

/** The same numbers in another shape. */
export function reshaped({ axes, weight }: Layout, shape: Shape): Layout {
  const regrouped = regroup(axes, shape);
  return regrouped ? { axes: regrouped, weight } : unknown(shape);
}

/** What all of an axis counts. */
export function roleOf(axis: Axis): Role {
  const parts = tidy(axis);
  return parts.length === 1 ? parts[0].role : 'other';
}

/** As many axes, of which some are longer or shorter: cut, padded or repeated. Of those only what counts one thing throughout is still known. */
export function resized({ axes, weight }: Layout, shape: Shape): Layout {
  const next = axes.map((axis, i) => (extentOf(axis) === shape[i] ? axis : [{ extent: shape[i], role: roleOf(axis) }]));
  return rest({ axes: next, weight });
}

/** Takes from what is no weight any more the roles that only weights have. */
export function rest({ axes, weight }: Layout): Layout {
  const whole = weight !== null && ['in', 'out'].every((role) => axes.some((axis) => has(axis, role as Role)));
  return whole && !axes.some((axis) => has(axis, 'row')) ? { axes, weight } : { axes: axes.map(plain), weight: null };
}

/** An axis of something that is no weight. */
export const plain = (axis: Axis): Axis =>
  axis.map((part) => (part.role === 'row' ? part : { ...part, role: 'other' }));

/**
 * Values combined element by element, broadcast to a shape. What has rows gives the result rows; the result is a view of a weight that it is as large
 * as, the first of the program's inputs if there are several.
 * @param order of the program's inputs
 */
export function combined(layouts: readonly Layout[], shape: Shape, order: (input: Value) => number): Layout {
  const views = layouts
    .filter(({ axes, weight }) => weight !== null && axes.reduce((n, axis) => n * extentOf(axis), 1) === sizeOf(shape))
    .toSorted((a, b) => order(a.weight!) - order(b.weight!));
  const ranked = [...views, ...layouts.filter((layout) => !views.includes(layout))];
  const axes = shape.map((extent, i) => {
    const candidates = ranked.flatMap((layout) => {
      const axis = layout.axes[i - shape.length + layout.axes.length];
      return axis && extentOf(axis) === extent
        ? [layout.weight === null || views.includes(layout) ? axis : plain(axis)]
        : [];
    });
    return candidates.find((axis) => has(axis, 'row')) ?? candidates[0] ?? other(extent);
  });
  return rest({ axes, weight: views[0]?.weight ?? null });
}

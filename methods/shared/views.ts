import {
  allocate,
  float32,
  int32,
  type Arrays,
  type ArraySpec,
  type Signature,
  type Specs,
} from '../../engine/index.ts';
import type { Views } from '../contract.ts';

/** What is said of a group of rows: see `viewSpecs`. */
export type FoundViews = Readonly<Record<string, Arrays>>;

/**
 * Shapes of what is said of every group of rows among a step's inputs: `first` `[rows]`, the row that shows a row's sample first, and `later`
 * `[rows]`, 1 where that is another row. Nothing without views.
 */
export function viewSpecs(inputs: Signature, views: Views | undefined): Record<string, Specs> {
  if (!views) return {};
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, group]) => {
      const { id, task, weight } = group as Record<string, ArraySpec | undefined>;
      const [rows] = weight?.shape ?? [];
      return id?.shape && task?.shape && rows !== undefined
        ? [[name, { first: int32(rows), later: float32(rows) }]]
        : [];
    }),
  );
}

/**
 * Finds the views among rows: two rows of a group show one sample if they share task and id, whatever their labels. Rows of weight 0 show nothing.
 * @returns a function of a step's inputs whose result is overwritten by the next call
 */
export function createViewFinder(specs: Readonly<Record<string, Specs>>) {
  const found: Record<string, Arrays> = Object.fromEntries(
    Object.entries(specs).map(([name, group]) => [name, allocate(group)]),
  );
  return (inputs: Readonly<Record<string, unknown>>): FoundViews => {
    for (const [name, { first, later }] of Object.entries(found)) {
      const { id, task, weight } = inputs[name] as Arrays;
      const shown = new Map<string, number>();
      for (let row = 0; row < first.length; row++) {
        const sample = `${task[row]}/${id[row]}`;
        const counts = weight[row] !== 0;
        if (counts && !shown.has(sample)) shown.set(sample, row);
        first[row] = counts ? shown.get(sample)! : row;
        later[row] = Number(first[row] !== row);
      }
    }
    return found;
  };
}

import { runMetrics } from '../../metrics/index.ts';
import type { Item } from './types.ts';

export function metricItems(): { items: Item[]; columns: string[] } {
  const items = runMetrics.map(({ name, title, unit, direction, source, definition }) => ({
    name,
    title,
    unit,
    better: direction,
    source,
    definition,
  }));
  return { items, columns: ['name', 'unit', 'better', 'definition'] };
}

import { describeStreams } from '../../benchmarks/index.ts';
import type { Item } from './types.ts';

export function streamItems(): { items: Item[]; columns: string[] } {
  const items = describeStreams().map(({ name, dataset, scenarios, description, options }) => ({
    name,
    ...(dataset !== null && { dataset }),
    scenarios,
    description,
    options: options.map((option) => ({ ...option })),
  }));
  return { items, columns: ['name', 'description'] };
}

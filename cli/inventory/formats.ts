import { importers } from '../../logs/index.ts';
import type { Item } from './types.ts';

export function formatItems(): { items: Item[]; columns: string[] } {
  return {
    items: importers.map(({ name, title, files }) => ({ name, title, files })),
    columns: ['name', 'title', 'files'],
  };
}

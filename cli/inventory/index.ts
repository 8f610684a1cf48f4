import { unknownName } from '../../base/index.ts';
import type { Inventory } from './types.ts';

type Kind = Pick<Inventory, 'items' | 'columns'>;

/** Loaded when asked for: methods come with the engine, the others without. */
const kinds: Readonly<Record<string, () => Promise<Kind>>> = {
  methods: async () => (await import('./methods.ts')).methodItems(),
  streams: async () => (await import('./streams.ts')).streamItems(),
  datasets: async () => (await import('./datasets.ts')).datasetItems(),
  formats: async () => (await import('./formats.ts')).formatItems(),
  metrics: async () => (await import('./metrics.ts')).metricItems(),
  recipes: async () => (await import('./recipes.ts')).recipeItems(),
};

/** @throws {UserError} if there is no such kind of thing */
export async function findInventory(what: string): Promise<Inventory> {
  const load = kinds[what];
  if (!load) throw unknownName('list', what, Object.keys(kinds));
  const { items, columns } = await load();
  return {
    items,
    columns,
    get(name) {
      const found = items.find((item) => item.name === name);
      if (found) return found;
      throw unknownName(
        what.replace(/s$/, ''),
        name,
        items.map((item) => item.name),
      );
    },
  };
}

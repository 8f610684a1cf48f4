import { unknownName } from '../../base/index.ts';

/** An option of a thing that can be listed. */
export interface ItemOption {
  readonly name: string;
  readonly default: unknown;
  readonly unit: string;
  readonly description: string;
  readonly source?: string;
}

/** A thing that can be listed: facts by name, as `--json` prints them. */
export interface Item {
  readonly name: string;
  readonly options?: readonly ItemOption[];
  readonly [fact: string]: unknown;
}

/** All things of a kind. */
export interface Inventory {
  readonly items: readonly Item[];
  /** The facts that a list shows, in the order of its columns; the last may be long. */
  readonly columns: readonly string[];
  /** @throws {UserError} naming the known ones */
  get(name: string): Item;
}

type Kind = Pick<Inventory, 'items' | 'columns'>;

/** Loaded when asked for: methods come with the engine, the others without. */
const kinds: Readonly<Record<string, () => Promise<Kind>>> = {
  methods: async () => (await import('./methods.ts')).methodItems(),
  streams: async () => (await import('./streams.ts')).streamItems(),
  datasets: async () => (await import('./datasets.ts')).datasetItems(),
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

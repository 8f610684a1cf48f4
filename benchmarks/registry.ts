import { unknownName } from '../base/index.ts';

/** A list of named things, in the order in which they are shown. */
export interface Registry<T> {
  readonly entries: readonly T[];
  /** The entry called `name`. Throws a `UserError` that lists the known names when there is none. */
  get(name: string): T;
}

/** Makes a registry. `kind` is what its errors call an entry. Two entries of one name are a programming error and throw. */
export function createRegistry<T extends { readonly name: string }>(kind: string, entries: readonly T[]): Registry<T> {
  const byName = new Map<string, T>();
  for (const entry of entries) {
    if (byName.has(entry.name)) throw new Error(`duplicate ${kind}: ${entry.name}`);
    byName.set(entry.name, entry);
  }
  return {
    entries,
    get(name) {
      const entry = byName.get(name);
      if (entry === undefined) throw unknownName(kind, name, byName.keys());
      return entry;
    },
  };
}

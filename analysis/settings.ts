/**
 * The leaves of a plain object by their path: `{ a: { b: 1 }, c: [1, 2] }` gives `a.b` = `1` and `c` = `[1,2]`.
 * Two objects with equal leaves are equal, whatever the order of their keys.
 */
export function settingsOf(value: object): Map<string, string> {
  const settings = new Map<string, string>();
  const walk = (node: unknown, path: string): void => {
    if (node !== null && typeof node === 'object' && !Array.isArray(node)) {
      for (const [key, child] of Object.entries(node)) walk(child, path === '' ? key : `${path}.${key}`);
    } else if (node !== undefined) {
      settings.set(path, typeof node === 'string' ? node : JSON.stringify(node));
    }
  };
  walk(value, '');
  return new Map([...settings].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A text that is equal for equal settings. */
export const settingsKey = (value: object): string => JSON.stringify([...settingsOf(value)]);

/** The settings in which the given objects are not all alike, with each object's value (undefined where it has none). */
export function differingSettings(values: readonly object[]): Map<string, (string | undefined)[]> {
  const all = values.map(settingsOf);
  const names = [...new Set(all.flatMap((settings) => [...settings.keys()]))].toSorted();
  const columns = names.map((name) => [name, all.map((settings) => settings.get(name))] as const);
  return new Map(columns.filter(([, column]) => new Set(column).size > 1));
}

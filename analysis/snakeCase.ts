type Snake<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : S;

/** The same data under `snake_case` keys, as JSON of this tool has them. */
export type SnakeKeys<T> = T extends readonly (infer Item)[]
  ? readonly SnakeKeys<Item>[]
  : T extends object
    ? { readonly [Key in keyof T as Key extends string ? Snake<Key> : Key]: SnakeKeys<T[Key]> }
    : T;

/**
 * Plain data with its keys in `snake_case`, lists and objects within it, too.
 * @example snakeKeys({ passAtK: [{ meanRank: 1 }] }) // { pass_at_k: [{ mean_rank: 1 }] }
 */
export function snakeKeys<T>(data: T): SnakeKeys<T> {
  return convert(data) as SnakeKeys<T>;
}

function convert(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(convert);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [snake(key), convert(value)]));
}

function snake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

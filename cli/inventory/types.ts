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

import type { ImportOptions } from '../../../logs/importers/importer.ts';

/** A small log of one format, whole and well formed, that the suite then breaks in many ways. */
export interface ImporterCase {
  /** The importer's name. */
  readonly format: string;
  /** What is special about this case, where a format has several. */
  readonly title?: string;
  /** By path in a folder of their own. */
  readonly files: Readonly<Record<string, string>>;
  /** What of it is imported, relative to the folder: a file, or '' for the folder. */
  readonly open: string;
  /** The file that is broken; the first unless given. */
  readonly target?: string;
  /** What stands in that file once, and is the number of a value: such as `0.8125`. */
  readonly number: string;
  /** What parts the cells of the file, where it has cells. */
  readonly delimiter?: string;
  readonly options?: ImportOptions;
  /** Values that must be read, by `<task>@<step>`, or `<task>@<trained task>` for a matrix, or `<task>@<experience>` for a lifetime; in shares where they are scaled. */
  readonly values: Readonly<Record<string, number>>;
}

import type { Dataset, Normalization } from '../types.ts';
import type { DownloadProgress } from './download.ts';

/** Where the files of a data set are looked for. */
export interface DatasetContext {
  /** A folder that holds the files, or a subfolder named like the data set that does. Nothing is downloaded when it is given. */
  readonly dataDir?: string;
  /** Where downloaded files are kept; `$XDG_CACHE_HOME/stabgap` or `~/.cache/stabgap` unless given. */
  readonly cacheDir?: string;
  readonly onProgress?: DownloadProgress;
}

/** What is known of a data set without loading it. */
export interface DatasetEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  /** Authors, title, year: one line to cite it by. */
  readonly citation: string;
  /** The authors' own page. */
  readonly homepage: string;
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
  readonly classCount: number;
  /** As {@link Dataset} carries it. */
  readonly normalization?: Normalization;
  /** Number of samples. */
  readonly size: { readonly train: number; readonly test: number };
  /** Bytes to download; 0 when the data ship with the package. */
  readonly downloadBytes: number;
  /**
   * Downloads what is missing and makes sure that the files are the right ones, without reading the data set.
   * @throws UserError as `load` does
   */
  prepare?(context: DatasetContext): Promise<void>;
  /** Reads the data set. Throws a `UserError` when its files are missing, damaged or cannot be fetched. */
  load(context: DatasetContext): Promise<Dataset>;
}

export type { DownloadProgress } from './download.ts';
export { datasets, loadDataset, prepareDataset } from './loadDataset.ts';
export { defaultCacheDir } from './source.ts';
export type { DatasetContext, DatasetEntry } from './types.ts';

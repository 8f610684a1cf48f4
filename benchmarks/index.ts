export {
  augmentation,
  augmentations,
  createAugmentation,
  randomColor,
  randomCrop,
  randomFlip,
  randomGrey,
  randomResizedCrop,
} from './augmentation/index.ts';
export type {
  Augmentation,
  AugmentationEntry,
  ColorOptions,
  ImageFormat,
  ResizedCropOptions,
  Transform,
} from './augmentation/index.ts';
export { datasets, defaultCacheDir, loadDataset, prepareDataset } from './datasets/index.ts';
export type { DatasetContext, DatasetEntry, DownloadProgress } from './datasets/index.ts';
export {
  buildStream,
  createStream,
  datasetOf,
  describeStreams,
  commonOptions,
  resolveStreamOptions,
  resolveStreamShape,
  standaloneStreams,
  streamKinds,
} from './streams/index.ts';
export type {
  StandaloneStream,
  StreamDescription,
  StreamKind,
  StreamOption,
  StreamPlan,
  StreamShape,
} from './streams/index.ts';
export { scenarios } from './types.ts';
export type {
  Dataset,
  Normalization,
  RawSamples,
  Samples,
  Scenario,
  SourceFact,
  Stream,
  StreamOptions,
  Task,
} from './types.ts';

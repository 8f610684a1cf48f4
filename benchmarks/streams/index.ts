export {
  buildStream,
  createStream,
  datasetOf,
  describeStreams,
  resolveStreamOptions,
  resolveStreamShape,
  standaloneStreams,
  streamKinds,
  type StreamDescription,
} from './createStream.ts';
export { commonOptions } from './commonOptions.ts';
export type { StandaloneStream, StreamKind, StreamOption, StreamPlan, StreamShape } from './types.ts';

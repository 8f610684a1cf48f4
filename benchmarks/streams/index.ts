export {
  buildStream,
  createStream,
  datasetOf,
  describeStreams,
  resolveStreamOptions,
  resolveStreamShape,
  streamKinds,
  type StreamDescription,
} from './createStream.ts';
export { commonOptions } from './commonOptions.ts';
export type { StreamKind, StreamOption, StreamPlan, StreamShape } from './types.ts';

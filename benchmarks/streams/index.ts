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
export { normalizeOption } from './normalize.ts';
export type { StreamKind, StreamOption, StreamPlan, StreamShape } from './types.ts';

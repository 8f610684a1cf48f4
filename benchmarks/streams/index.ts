export {
  buildStream,
  createStream,
  datasetOf,
  describeStreams,
  resolveStreamOptions,
  streamKinds,
  type StreamDescription,
} from './createStream.ts';
export { normalizeOption } from './normalize.ts';
export type { StreamKind, StreamOption, StreamPlan } from './types.ts';

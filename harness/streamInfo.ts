import type { ImageFormat, Stream, StreamShape } from '../benchmarks/index.ts';
import { sizeOf } from '../engine/index.ts';
import type { StreamFacts, StreamInfo } from '../methods/index.ts';

/** How the inputs of a stream are images; undefined for rows of a table. */
export function imageFormatOf({
  inputShape,
  normalization,
}: Pick<Stream, 'inputShape' | 'normalization'>): ImageFormat | undefined {
  const [height, width, channels] = inputShape;
  return inputShape.length === 3 ? { shape: [height, width, channels], normalization } : undefined;
}

/** What a learner is told of a stream. */
export function streamInfoOf(stream: Stream): StreamInfo {
  const { scenario, inputShape, outputCount, tasks } = stream;
  const all = Array.from({ length: outputCount }, (_, output) => output);
  return {
    scenario,
    inputSize: sizeOf(inputShape),
    image: imageFormatOf(stream),
    outputCount,
    taskOutputs: scenario === 'task-free' ? [all] : tasks.map(({ outputs }) => outputs),
  };
}

/** The shape of a stream that is at hand. */
export function shapeOf({ tasks, outputCount }: Stream): StreamShape {
  return {
    taskCount: tasks.length,
    outputCount,
    outputsPerTask: Math.max(...tasks.map(({ outputs }) => outputs.length)),
  };
}

/** What a method's options are held against before any data are read. */
export function streamFactsOf(
  { taskCount, outputCount, outputsPerTask }: StreamShape,
  rest: Pick<StreamFacts, 'scenario' | 'images' | 'batch'>,
): StreamFacts {
  const free = rest.scenario === 'task-free';
  return {
    ...rest,
    outputCount,
    taskCount: free ? 1 : taskCount,
    outputsPerTask: free ? outputCount : outputsPerTask,
  };
}

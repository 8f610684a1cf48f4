import * as ort from 'onnxruntime-node';
import type { Graph, Value } from './graph.ts';
import { blockChannels } from './passes/blockChannels.ts';
import { serialize } from './serialize.ts';

/** Block sizes of ONNX Runtime's processors, largest first. */
const sizes = [16, 8];

let found: Promise<number | null> | undefined;

/**
 * How many channels lie in a block on this processor, or null where ONNX Runtime has no convolutions on blocks. It does not say, so a small
 * convolution is tried.
 */
export function channelBlock(): Promise<number | null> {
  found ??= findSize();
  return found;
}

async function findSize(): Promise<number | null> {
  const expected = await run(probe);
  for (const size of sizes) {
    const result = await run(blockChannels(probe, size)).catch(() => null);
    if (result?.every((value, i) => Math.abs(value - expected[i]) < 1e-5)) return size;
  }
  return null;
}

const shape = [1, 32, 3, 3];
const image: Value = { name: 'image', shape, type: 'float32' };
const filter: Value = { name: 'filter', shape: [32, 32, 1, 1], type: 'float32' };
const [first, second, result] = ['first', 'second', 'result'].map((name): Value => ({ name, shape, type: 'float32' }));
const attributes = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 };

/** Two convolutions in a row, so that channels in the wrong blocks show. */
const probe: Graph = {
  name: 'channel-block',
  inputs: [image, filter],
  outputs: [{ name: 'result', value: result }],
  nodes: [
    { op: 'Conv', inputs: [image, filter], outputs: [first], attributes },
    { op: 'Relu', inputs: [first], outputs: [second], attributes: {} },
    { op: 'Conv', inputs: [second, filter], outputs: [result], attributes },
  ],
};

async function run(graph: Graph): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(serialize(graph), {
    executionProviders: ['cpu'],
    logSeverityLevel: 4,
  });
  try {
    const feeds = Object.fromEntries(graph.inputs.map(({ name, shape: extents }) => [name, waves(extents)]));
    return (await session.run(feeds))['result'].data as Float32Array;
  } finally {
    await session.release();
  }
}

function waves(extents: readonly number[]): ort.Tensor {
  const size = extents.reduce((product, extent) => product * extent, 1);
  return new ort.Tensor(
    'float32',
    Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
    extents,
  );
}

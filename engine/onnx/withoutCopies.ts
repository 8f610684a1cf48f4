/**
 * @file ONNX Runtime's binding writes results into the arrays it is given, and then makes a copy of each for the object that it returns,
 * which nobody here reads. For a training step that is a second copy of all parameters and as much garbage: a quarter of the time of a small
 * network's step. A sequence as the first result, which the binding can compute but not return, makes it stop before the first copy.
 */
import * as ort from 'onnxruntime-node';
import { messageOf } from '../../base/index.ts';
import { sizeOf } from '../types.ts';
import type { Graph, Value } from './graph.ts';
import { serialize } from './serialize.ts';

/** Bytes of results from which on their copies take longer than to stop. */
const worthwhile = 1 << 16;

const zero: Value = { name: 'stop_content', shape: [], type: 'float32', data: Float32Array.of(0) };
const stop: Value = { name: 'stop', shape: [], type: 'float32', sequence: true };

/** The graph with a first result at which the binding stops, if its results are large and this binding stops there; else the graph itself. */
export async function stopBeforeCopies(graph: Graph): Promise<Graph> {
  const bytes = graph.outputs.reduce((sum, { value }) => sum + 4 * sizeOf(value.shape), 0);
  return bytes >= worthwhile && (await stopMessage()) !== null ? withStop(graph) : graph;
}

function withStop(graph: Graph): Graph {
  return {
    ...graph,
    nodes: [{ op: 'SequenceConstruct', inputs: [zero], outputs: [stop], attributes: {} }, ...graph.nodes],
    outputs: [{ name: stop.name, value: stop }, ...graph.outputs],
  };
}

/** Runs a session; all results are in the arrays of `fetches`. */
export async function runSession(
  session: ort.InferenceSession,
  feeds: Record<string, ort.Tensor>,
  fetches: Record<string, ort.Tensor>,
): Promise<void> {
  if (session.outputNames[0] !== stop.name) {
    await session.run(feeds, fetches);
    return;
  }
  try {
    await session.run(feeds, { [stop.name]: null, ...fetches });
  } catch (error) {
    // Said after everything was computed; all other errors are errors.
    if (messageOf(error) !== (await stopMessage())) throw error;
  }
}

let message: Promise<string | null> | undefined;

/** What the binding says when it stops, or null if it does not, or not with the other results in place. */
function stopMessage(): Promise<string | null> {
  message ??= tryToStop();
  return message;
}

async function tryToStop(): Promise<string | null> {
  const x: Value = { name: 'x', shape: [2], type: 'float32' };
  const y: Value = { name: 'y', shape: [2], type: 'float32' };
  const nodes = [{ op: 'Neg', inputs: [x], outputs: [y], attributes: {} }];
  const graph = withStop({ name: 'stop', inputs: [x], outputs: [{ name: 'y', value: y }], nodes });
  const session = await ort.InferenceSession.create(serialize(graph), { logSeverityLevel: 4 });
  const result = new ort.Tensor('float32', new Float32Array(2), [2]);
  try {
    await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2), [2]) }, { stop: null, y: result });
    return null;
  } catch (error) {
    return (result.data as Float32Array).join() === '-1,-2' ? messageOf(error) : null;
  } finally {
    await session.release();
  }
}

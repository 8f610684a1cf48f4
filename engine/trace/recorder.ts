import type { BackendValues } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';
import { GraphBuilder } from './builder.ts';
import { kernels } from './kernels/index.ts';
import { callOf, type Kernel } from './kernel.ts';
import { plainValue, shapeOf, viewOf, type View } from './view.ts';
import type { ElementType, Value } from '../onnx/graph.ts';

/** Name under which the recording backend is registered with tfjs. */
export const recorderName = 'stabgap-recorder';

type TensorInfo = { dataId: object; shape: number[]; dtype: 'float32' | 'int32' | 'bool' };

/**
 * A tfjs backend that computes nothing. While it is current, every kernel that tfjs reaches, those of its own automatic
 * differentiation included, appends ONNX nodes to a graph; tensors stand for edges of that graph.
 */
export class Recorder extends tf.KernelBackend {
  private graph: GraphBuilder | null = null;
  private readonly views = new WeakMap<object, View>();

  /** Starts recording into `graph`; the returned function stops. */
  start(graph: GraphBuilder): () => void {
    this.graph = graph;
    return () => {
      this.graph = null;
    };
  }

  /** Makes a tensor that stands for a value of the graph. */
  tensorOf(made: Value | View): TensorInfo {
    const view = 'order' in made ? made : viewOf(made);
    const dataId = {};
    this.views.set(dataId, view);
    return { dataId, shape: [...shapeOf(view)], dtype: view.value.type as TensorInfo['dtype'] };
  }

  /** The value that holds a tensor of the traced function. */
  plainValueOf(graph: GraphBuilder, tensor: { dataId: object }): Value {
    return plainValue(graph, this.lookUp(tensor));
  }

  private lookUp(tensor: { dataId: object }): View {
    const view = this.views.get(tensor.dataId);
    if (!view) throw new Error('a tensor made outside the traced function was used in it; pass it as an input');
    return view;
  }

  run(
    name: string,
    kernel: Kernel,
    inputs: Record<string, unknown>,
    attributes: Record<string, unknown>,
  ): TensorInfo | TensorInfo[] {
    const graph = this.graph;
    if (!graph) throw new Error(`${name}: tensors of a traced function cannot be used after it returned`);
    const views: Record<string, View> = {};
    for (const [key, tensor] of Object.entries(inputs)) if (tensor) views[key] = this.lookUp(tensor as TensorInfo);
    const result = kernel(callOf(graph, views, attributes));
    return Array.isArray(result) ? result.map((made) => this.tensorOf(made)) : this.tensorOf(result);
  }

  override write(values: BackendValues, shape: number[], dtype: string): object {
    if (!this.graph) throw new Error('the recording backend holds no data');
    return this.tensorOf(
      this.graph.constant(typedData(values as ArrayLike<number>, dtype), shape, dtype as ElementType),
    ).dataId;
  }

  override readSync(dataId: object): Float32Array {
    const view = this.views.get(dataId);
    const data = view?.order ? undefined : view?.value.data;
    if (!data)
      throw new Error('a traced function may not read the values of its tensors: what it does must not depend on them');
    return data as Float32Array;
  }

  override async read(dataId: object): Promise<Float32Array> {
    return this.readSync(dataId);
  }

  // Values live as long as the graph; tfjs's reference counts have nothing to free.
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  decRef(): void {}
  override disposeData(): boolean {
    return true;
  }
  override numDataIds(): number {
    return 0;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override dispose(): void {}
}

function typedData(values: ArrayLike<number>, dtype: string): Float32Array | Int32Array | Uint8Array {
  if (dtype === 'float32') return Float32Array.from(values);
  if (dtype === 'int32') return Int32Array.from(values);
  if (dtype === 'bool') return Uint8Array.from(values);
  throw new Error(`tensors of type ${dtype} cannot be traced`);
}

let recorder: Recorder | undefined;

/** The recording backend, registered with tfjs at first use. */
export function getRecorder(): Recorder {
  if (recorder) return recorder;
  const made = new Recorder();
  tf.registerBackend(recorderName, () => made);
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({
      kernelName,
      backendName: recorderName,
      kernelFunc: ({ inputs, attrs }) => made.run(kernelName, kernel, inputs, attrs ?? {}) as never,
    });
  }
  recorder = made;
  return made;
}

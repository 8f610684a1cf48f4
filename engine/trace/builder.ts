import { broadcastShapes } from './broadcast.ts';
import { sizeOf, type Shape } from '../types.ts';
import {
  splatOf,
  type Attribute,
  type ConstantData,
  type ElementType,
  type Graph,
  type Node,
  type Value,
} from '../onnx/graph.ts';

/** Collects nodes while a function is traced. */
export class GraphBuilder {
  readonly name: string;
  private readonly nodes: Node[] = [];
  private readonly inputs: Value[] = [];
  private readonly sharedConstants = new Map<string, Value>();
  private counter = 0;

  constructor(name: string) {
    this.name = name;
  }

  input(name: string, shape: Shape, type: ElementType): Value {
    const value = { name, shape, type };
    this.inputs.push(value);
    return value;
  }

  constant(data: ConstantData, shape: Shape, type: ElementType): Value {
    return { name: this.nextName('constant'), shape, type, data };
  }

  scalar(number: number, type: 'float32' | 'int32' = 'float32'): Value {
    return this.constant(type === 'int32' ? Int32Array.of(number) : Float32Array.of(number), [], type);
  }

  /** A vector of 64-bit integers: how ONNX takes shapes, axes and starts. */
  integers(numbers: readonly number[]): Value {
    return this.constant(BigInt64Array.from(numbers, BigInt), [numbers.length], 'int64');
  }

  /** Appends an operator with one result. */
  emit(
    op: string,
    inputs: readonly (Value | null)[],
    shape: Shape,
    type: ElementType = 'float32',
    attributes: Record<string, Attribute> = {},
    domain?: string,
  ): Value {
    return this.emitMany(op, inputs, [{ shape, type }], attributes, domain)[0];
  }

  /** Appends an operator with several results. */
  emitMany(
    op: string,
    inputs: readonly (Value | null)[],
    results: readonly { shape: Shape; type: ElementType }[],
    attributes: Record<string, Attribute> = {},
    domain?: string,
  ): Value[] {
    const outputs = results.map(({ shape, type }) => ({ name: this.nextName(op.toLowerCase()), shape, type }));
    this.nodes.push({ op, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** Appends an element-wise operator of two inputs. A constant of equal elements shrinks to a scalar where broadcasting allows it. */
  binary(op: string, a: Value, b: Value, type: ElementType = a.type): Value {
    const shape = broadcastShapes(a.shape, b.shape);
    const left = this.shrink(a, b, shape);
    // Never both: the result keeps its shape.
    return this.emit(op, [left, this.shrink(b, left, shape)], shape, type);
  }

  unary(op: string, x: Value, attributes: Record<string, Attribute> = {}): Value {
    return this.emit(op, [x], x.shape, x.type, attributes);
  }

  cast(x: Value, type: ElementType): Value {
    const codes = { float32: 1, int32: 6, int64: 7, bool: 9 };
    return x.type === type ? x : this.emit('Cast', [x], x.shape, type, { to: codes[type] });
  }

  reshape(x: Value, shape: Shape): Value {
    if (shape.length === x.shape.length && shape.every((extent, i) => extent === x.shape[i])) return x;
    if (x.data) return { name: this.nextName('constant'), shape, type: x.type, data: x.data };
    return this.emit('Reshape', [x, this.integers(shape)], shape, x.type);
  }

  /** The value broadcast to a larger shape. */
  expand(x: Value, shape: Shape): Value {
    return this.emit('Expand', [x, this.integers(shape)], shape, x.type);
  }

  /** `size` elements along every axis, from `begin` on. */
  slice(x: Value, begin: readonly number[], size: readonly number[]): Value {
    if (begin.every((start, i) => start === 0 && size[i] === x.shape[i])) return x;
    const ends = begin.map((start, i) => start + size[i]);
    const axes = begin.map((_, i) => i);
    return this.emit('Slice', [x, this.integers(begin), this.integers(ends), this.integers(axes)], size, x.type);
  }

  transpose(x: Value, perm: readonly number[]): Value {
    if (perm.every((axis, i) => axis === i)) return x;
    return this.emit(
      'Transpose',
      [x],
      perm.map((axis) => x.shape[axis]),
      x.type,
      { perm },
    );
  }

  /** A constant that several kernels share: made once for a key. */
  shared(key: string, make: () => Value): Value {
    const known = this.sharedConstants.get(key) ?? make();
    this.sharedConstants.set(key, known);
    return known;
  }

  finish(outputs: Graph['outputs']): Graph {
    return { name: this.name, inputs: this.inputs, outputs, nodes: this.nodes };
  }

  private shrink(value: Value, other: Value, shape: Shape): Value {
    if (value.shape.length === 0 || sizeOf(other.shape) !== sizeOf(shape) || other.shape.length !== shape.length)
      return value;
    const splat = splatOf(value);
    if (splat === undefined || (value.type !== 'float32' && value.type !== 'int32')) return value;
    return this.scalar(splat, value.type);
  }

  private nextName(stem: string): string {
    return `${stem}_${this.counter++}`;
  }
}

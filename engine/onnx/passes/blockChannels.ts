import { countUses, type Attribute, type Graph, type Node, type Value } from '../graph.ts';

/** ONNX Runtime's operators on images whose channels lie in blocks, the layout that its fastest convolutions read and write. */
const domain = 'com.microsoft.nchwc';

/** An image in blocks: `[rows, channels rounded up to whole blocks, height, width]`, each block's channels innermost. */
interface Blocked {
  readonly value: Value;
  /** The convolution that made it, while nothing has been added to it since. */
  readonly convolution?: Node;
}

/** Channels and pixels (of all rows) from which on a convolution is so much faster on blocks that it pays to change the layout just for it. */
const manyChannels = 32;
const manyPixels = 1000;

/**
 * Lets convolutions, and what lies between them, work on images whose channels lie in blocks of `size`. ONNX Runtime does so by itself
 * where filters are constants; here they are inputs, and are brought into blocks by the program. ReLU and the sum of a residual block
 * go into the convolution before them. Where images would have to change layout more often than at every other convolution, as in
 * training, whose gradients need them as they were, only large convolutions are computed on blocks, each by itself.
 */
export function blockChannels(graph: Graph, size: number): Graph {
  const whole = new BlockBuilder(graph, size, true);
  for (const node of graph.nodes) whole.take(node);
  const nodes = whole.finish();
  if (whole.convolutions > 0 && 2 * whole.changes <= whole.convolutions) return { ...graph, nodes };
  const alone = new BlockBuilder(graph, size, false);
  for (const node of graph.nodes) alone.take(node);
  return alone.convolutions > 0 ? { ...graph, nodes: alone.finish() } : graph;
}

class BlockBuilder {
  convolutions = 0;
  /** How often an image changes its layout. */
  changes = 0;
  private readonly nodes: Node[] = [];
  private readonly blocked = new Map<Value, Blocked>();
  private readonly restored = new Set<Value>();
  private readonly uses: Map<Value, number>;
  private counter = 0;
  private readonly graph: Graph;
  private readonly size: number;
  private readonly whole: boolean;

  /** @param whole whether images stay in blocks between convolutions, or only large convolutions are computed on them */
  constructor(graph: Graph, size: number, whole: boolean) {
    this.graph = graph;
    this.size = size;
    this.whole = whole;
    this.uses = countUses(graph);
  }

  take(node: Node): void {
    if (this.convolves(node)) this.convolve(node);
    else if (!this.whole) this.keep(node);
    else if (node.op === 'Relu' && this.blocked.has(node.inputs[0]!)) this.relu(node);
    else if (node.op === 'Add' && node.inputs.every((input) => this.blocked.has(input!)) && sameShapes(node))
      this.add(node);
    else if (isPooling(node) && this.blocked.has(node.inputs[0]!)) this.pool(node);
    else if (isMapMean(node) && this.blocked.has(node.inputs[0]!)) this.mapMean(node);
    else this.keep(node);
  }

  /** Images with as many channels as no multiple of 4 cannot be brought into blocks; those with few are read as they lie. */
  private convolves({ op, inputs, outputs, attributes }: Node): boolean {
    if (op !== 'Conv' || (attributes.group ?? 1) !== 1) return false;
    const [, channels] = inputs[0]!.shape;
    const [rows, results, height, width] = outputs[0].shape;
    if (channels % 4 !== 0 && channels >= this.size) return false;
    return this.whole || (Math.min(channels, results) >= manyChannels && rows * height * width >= manyPixels);
  }

  private keep(node: Node): void {
    for (const input of node.inputs) if (input) this.restore(input);
    this.nodes.push(node);
  }

  finish(): Node[] {
    for (const { value } of this.graph.outputs) this.restore(value);
    return this.nodes;
  }

  private convolve(node: Node): void {
    const [image, filter, bias] = node.inputs as Value[];
    const [outputs, inputs, height, width] = filter.shape;
    const outer = this.wholeBlocks(outputs);
    // Images of a few channels are read as they lie.
    const few = inputs < this.size;
    const inner = few ? inputs : this.wholeBlocks(inputs);
    const known = this.blocked.get(image);
    if (few && known) this.restore(image);
    const source = few ? image : (known?.value ?? this.block(image));
    for (const input of [filter, bias]) if (input) this.restore(input);

    const padded = this.pad(filter, [outer, inner, height, width]);
    const blocks = few
      ? [outer / this.size, this.size, inner, height, width]
      : [outer / this.size, this.size, inner / this.size, this.size, height, width];
    const perm = few ? [0, 2, 3, 4, 1] : [0, 2, 4, 5, 3, 1];
    const split = this.emit('Reshape', [padded, this.integers(blocks)], blocks);
    const turned = this.emit(
      'Transpose',
      [split],
      perm.map((axis) => blocks[axis]),
      { perm },
    );
    const weight = this.emit(
      'Reshape',
      [turned, this.integers([outer, inner, height, width])],
      [outer, inner, height, width],
    );
    const [rows, , outHeight, outWidth] = node.outputs[0].shape;
    const result = this.value([rows, outer, outHeight, outWidth]);
    const convolution: Node = {
      op: 'Conv',
      domain,
      inputs: [source, weight, ...(bias ? [this.pad(bias, [outer])] : [])],
      outputs: [result],
      attributes: node.attributes,
    };
    this.nodes.push(convolution);
    this.convolutions++;
    this.blocked.set(node.outputs[0], { value: result, convolution });
  }

  /** A convolution applies ReLU as it writes its result. */
  private relu(node: Node): void {
    const [input] = node.inputs as Value[];
    const { value, convolution } = this.blocked.get(input)!;
    if (convolution && this.uses.get(input) === 1) {
      const rectified = { ...convolution, attributes: { ...convolution.attributes, activation: 'Relu' } };
      this.nodes[this.nodes.indexOf(convolution)] = rectified;
      this.blocked.set(node.outputs[0], { value });
    } else this.blocked.set(node.outputs[0], { value: this.emit('Relu', [value], value.shape) });
  }

  /** A convolution can add its result to another image, if that one is there before. */
  private add(node: Node): void {
    const [a, b] = node.inputs as Value[];
    for (const [x, y] of [
      [b, a],
      [a, b],
    ]) {
      const { convolution } = this.blocked.get(x)!;
      // One image at most: a fourth input is there already where a sum went in before.
      if (!convolution || convolution.inputs.length > 3 || this.uses.get(x) !== 1 || x === y) continue;
      this.nodes.splice(this.nodes.indexOf(convolution), 1);
      const [image, weight, bias = null] = convolution.inputs;
      const summed = { ...convolution, inputs: [image, weight, bias, this.blocked.get(y)!.value] };
      this.nodes.push(summed);
      this.blocked.set(node.outputs[0], { value: summed.outputs[0], convolution: summed });
      return;
    }
    const [first, second] = [a, b].map((input) => this.blocked.get(input)!.value);
    this.blocked.set(node.outputs[0], { value: this.emit('Add', [first, second], first.shape) });
  }

  private pool(node: Node): void {
    const { value } = this.blocked.get(node.inputs[0]!)!;
    const [rows, , height, width] = node.outputs[0].shape;
    const pooled = this.emit(node.op, [value], [rows, value.shape[1], height, width], node.attributes, domain);
    this.blocked.set(node.outputs[0], { value: pooled });
  }

  /** Maps of one pixel lie in blocks as they lie without. */
  private mapMean(node: Node): void {
    const { value } = this.blocked.get(node.inputs[0]!)!;
    const [rows, channels] = value.shape;
    const mean = this.emit('GlobalAveragePool', [value], [rows, channels, 1, 1], {}, domain);
    const flat = this.emit('Reshape', [mean, this.integers([rows, channels])], [rows, channels]);
    const result = node.outputs[0];
    const wanted = node.inputs[0]!.shape[1];
    const range = [[0], [wanted], [1]].map((numbers) => this.integers(numbers));
    const cut = wanted === channels ? flat : this.emit('Slice', [flat, ...range], [rows, wanted]);
    this.nodes.push({ op: 'Reshape', inputs: [cut, this.integers(result.shape)], outputs: [result], attributes: {} });
  }

  private block(image: Value): Value {
    this.restore(image);
    this.changes++;
    const [rows, channels, height, width] = image.shape;
    const value = this.emit('ReorderInput', [image], [rows, this.wholeBlocks(channels), height, width], {}, domain);
    this.blocked.set(image, { value });
    this.restored.add(image);
    return value;
  }

  /** Makes sure that a value is there in the order that the rest of the graph reads. */
  private restore(value: Value): void {
    const blocked = this.blocked.get(value);
    if (!blocked || this.restored.has(value)) return;
    this.changes++;
    this.restored.add(value);
    // Now that it is read, nothing more may be folded into what made it.
    this.blocked.set(value, { value: blocked.value });
    const attributes = { channels: value.shape[1] };
    this.nodes.push({ op: 'ReorderOutput', domain, inputs: [blocked.value], outputs: [value], attributes });
  }

  private wholeBlocks(channels: number): number {
    return Math.ceil(channels / this.size) * this.size;
  }

  /** Zeros behind every axis up to the shape. */
  private pad(value: Value, shape: readonly number[]): Value {
    if (value.shape.every((extent, i) => extent === shape[i])) return value;
    const pads = [...shape.map(() => 0), ...shape.map((extent, i) => extent - value.shape[i])];
    return this.emit('Pad', [value, this.integers(pads)], shape);
  }

  private emit(
    op: string,
    inputs: readonly Value[],
    shape: readonly number[],
    attributes: Record<string, Attribute> = {},
    from?: string,
  ): Value {
    const result = this.value(shape);
    this.nodes.push({ op, domain: from, inputs, outputs: [result], attributes });
    return result;
  }

  private value(shape: readonly number[]): Value {
    return { name: `blocked_${this.counter++}`, shape, type: 'float32' };
  }

  private integers(numbers: readonly number[]): Value {
    const data = BigInt64Array.from(numbers, BigInt);
    return { name: `blocked_${this.counter++}`, shape: [numbers.length], type: 'int64', data };
  }
}

function sameShapes({ inputs, outputs }: Node): boolean {
  return inputs.every((input) => input!.shape.join() === outputs[0].shape.join());
}

function isPooling({ op, outputs }: Node): boolean {
  return (op === 'MaxPool' || op === 'AveragePool') && outputs.length === 1;
}

/** The mean over height and width. */
function isMapMean({ op, inputs }: Node): boolean {
  return op === 'ReduceMean' && inputs[0]!.shape.length === 4 && inputs[1]?.data?.join() === '2,3';
}

import { countUses, producersOf, type Graph, type Node, type Value } from '../graph.ts';
import { sizeOf } from '../../types.ts';

/**
 * Folds what follows a convolution channel by channel into its filter and bias: the addition of a bias, and batch norm by given moments,
 * which scales and shifts each channel. Filters are small beside images, so what is left of either costs nothing.
 */
export function foldIntoConvolution(graph: Graph): Graph {
  const uses = countUses(graph);
  const producers = producersOf(graph);
  const folded = new Map<Node, Node[]>();
  /** The convolution that makes a value which nothing else reads, as it is after what was folded into it. */
  const convolutionOf = (value: Value | null): Node | undefined => {
    const made = value && uses.get(value) === 1 ? producers.get(value) : undefined;
    const current = made && (folded.get(made)?.at(-1) ?? made);
    return current?.op === 'Conv' ? current : undefined;
  };
  for (const node of graph.nodes) {
    if (node.op === 'BatchNormalization') {
      const convolution = convolutionOf(node.inputs[0]);
      if (convolution) folded.set(node, foldNorm(convolution, node));
    } else if (node.op === 'Add') {
      for (const [x, y] of [node.inputs, node.inputs.toReversed()]) {
        const convolution = convolutionOf(x);
        if (!convolution || convolution.inputs.length > 2 || !isBias(y!, node.outputs[0])) continue;
        folded.set(node, addBias(convolution, node, y!, producers));
        break;
      }
    }
  }
  // What was folded into a convolution takes its place; the convolution itself has no reader any more.
  return { ...graph, nodes: graph.nodes.flatMap((node) => folded.get(node) ?? [node]) };
}

/** Whether adding the value adds one number to each channel. */
function isBias(value: Value, image: Value): boolean {
  const shape = [1, 1, 1, 1, ...value.shape].slice(-4);
  return image.shape.length === 4 && shape[1] === image.shape[1] && sizeOf(shape) === shape[1];
}

function addBias(convolution: Node, sum: Node, bias: Value, producers: ReadonlyMap<Value, Node>): Node[] {
  const channels = [sizeOf(bias.shape)];
  const reshaped = producers.get(bias);
  const source = reshaped?.op === 'Reshape' && reshaped.inputs[0]!.shape.length === 1 ? reshaped.inputs[0]! : null;
  const step = maker(sum.outputs[0].name);
  const flat = source ? [] : [step('Reshape', [bias, integers(`${sum.outputs[0].name}_shape`, channels)], channels)];
  const vector = source ?? flat[0].outputs[0];
  return [...flat, { ...convolution, inputs: [...convolution.inputs, vector], outputs: sum.outputs }];
}

function foldNorm(convolution: Node, norm: Node): Node[] {
  const [, scale, offset, mean, variance] = norm.inputs as Value[];
  const [image, filter, bias] = convolution.inputs as Value[];
  const name = norm.outputs[0].name;
  const step = maker(name);
  const vector = scale.shape;
  const epsilon = constant(`${name}_epsilon`, (norm.attributes.epsilon as { float: number }).float);
  const shifted = step('Add', [variance, epsilon], vector);
  const deviation = step('Sqrt', [shifted.outputs[0]], vector);
  const factor = step('Div', [scale, deviation.outputs[0]], vector);
  const spread = [filter.shape[0], 1, 1, 1];
  const factors = step('Reshape', [factor.outputs[0], integers(`${name}_shape`, spread)], spread);
  const scaled = step('Mul', [filter, factors.outputs[0]], filter.shape);
  const centred = bias ? step('Sub', [bias, mean], vector) : step('Neg', [mean], vector);
  const moved = step('Mul', [centred.outputs[0], factor.outputs[0]], vector);
  const shift = step('Add', [moved.outputs[0], offset], vector);
  return [
    ...[shifted, deviation, factor, factors, scaled, centred, moved, shift],
    {
      ...convolution,
      inputs: [image, scaled.outputs[0], shift.outputs[0]],
      outputs: norm.outputs,
    },
  ];
}

/** Makes nodes with one result, whose names begin with `stem`. */
function maker(stem: string) {
  let counter = 0;
  return (op: string, inputs: readonly Value[], shape: readonly number[]): Node => ({
    op,
    inputs,
    outputs: [{ name: `${stem}_fold${counter++}`, shape, type: 'float32' }],
    attributes: {},
  });
}

function constant(name: string, number: number): Value {
  return { name, shape: [], type: 'float32', data: Float32Array.of(number) };
}

function integers(name: string, numbers: readonly number[]): Value {
  return { name, shape: [numbers.length], type: 'int64', data: BigInt64Array.from(numbers, BigInt) };
}

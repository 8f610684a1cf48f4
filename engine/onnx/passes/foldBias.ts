import { countUses, producersOf, type Graph, type Node, type Value } from '../graph.ts';
import { sizeOf } from '../../types.ts';

/** Gives a convolution the bias that is added to its result, if nothing else reads the result. */
export function foldBias(graph: Graph): Graph {
  const uses = countUses(graph);
  const producers = producersOf(graph);
  const nodes = graph.nodes.flatMap((node) => {
    if (node.op !== 'Add') return [node];
    for (const [x, bias] of [node.inputs, node.inputs.toReversed()] as Value[][]) {
      const convolution = uses.get(x) === 1 ? producers.get(x) : undefined;
      if (convolution?.op !== 'Conv' || convolution.inputs.length > 2 || !isBias(bias, node.outputs[0])) continue;
      const [flat, made] = flatten(bias, producers, node.outputs[0].name);
      return [...made, { ...convolution, inputs: [...convolution.inputs, flat], outputs: node.outputs }];
    }
    return [node];
  });
  // The convolutions without bias have no reader any more.
  return { ...graph, nodes };
}

/** Whether adding the value adds one number to each channel. */
function isBias(value: Value, image: Value): boolean {
  const shape = [1, 1, 1, 1, ...value.shape].slice(-4);
  return image.shape.length === 4 && shape[1] === image.shape[1] && sizeOf(shape) === shape[1];
}

/** The bias as a vector, and the node that makes it one. */
function flatten(bias: Value, producers: ReadonlyMap<Value, Node>, stem: string): [Value, Node[]] {
  const before = producers.get(bias);
  if (before?.op === 'Reshape' && before.inputs[0]!.shape.length === 1) return [before.inputs[0]!, []];
  const count = sizeOf(bias.shape);
  const shape: Value = { name: `${stem}_shape`, shape: [1], type: 'int64', data: BigInt64Array.of(BigInt(count)) };
  const vector: Value = { name: `${stem}_bias`, shape: [count], type: bias.type };
  return [vector, [{ op: 'Reshape', inputs: [bias, shape], outputs: [vector], attributes: {} }]];
}

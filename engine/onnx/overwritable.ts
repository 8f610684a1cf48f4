import { producersOf, type Graph, type Node, type Value } from './graph.ts';

/** Operators that write each number of their result after all they read for it, so that it may lie where an input of the same shape lies. */
const elementwise = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * The names of inputs whose next value may be written over them: those that have a result of the same name (with `prefix` before it), made
 * from the input number by number, when every other node that reads the input must have run by then. Writing in place halves the memory
 * that an update touches.
 */
export function overwritable(graph: Graph, prefix: string): Set<string> {
  const producers = producersOf(graph);
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) if (input) readers.set(input, [...(readers.get(input) ?? []), node]);
  const results = new Map(graph.outputs.map(({ name, value }) => [name, value]));
  const found = graph.inputs.filter((input) => {
    const result = results.get(prefix + input.name);
    const made = result && producers.get(result);
    if (!made || !writesOver(made, input)) return false;
    const before = ancestorsOf(made, producers);
    return (readers.get(input) ?? []).every((node) => node === made || before.has(node));
  });
  return new Set(found.map(({ name }) => name));
}

function writesOver(node: Node, input: Value): boolean {
  const sameShape = node.outputs[0].shape.join() === input.shape.join() && node.outputs[0].type === input.type;
  if (node.op === 'Gemm') return sameShape && node.inputs[2] === input && !node.inputs.slice(0, 2).includes(input);
  return sameShape && elementwise.has(node.op) && node.inputs.includes(input);
}

/** All nodes whose results a node needs, directly or not. */
function ancestorsOf(node: Node, producers: ReadonlyMap<Value, Node>): Set<Node> {
  const found = new Set<Node>();
  const open = [node];
  for (let current = open.pop(); current; current = open.pop())
    for (const input of current.inputs) {
      const producer = input && producers.get(input);
      if (producer && !found.has(producer)) {
        found.add(producer);
        open.push(producer);
      }
    }
  return found;
}

import { producersOf, type Graph, type Node, type Value } from './graph.ts';

/** Operators that write each number of their result after all they read for it, so that it may lie where an input of the same shape lies. */
const elementwise = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * The names of inputs over which the result of the same name (with `prefix` before it) may be written: every node that reads the input must
 * have run before the one that makes the result, unless it is that very node, reading each number before it writes it. Writing in
 * place halves the memory that an update touches.
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
    if (!made || !sameArray(result, input) || (made.inputs.includes(input) && !writesOver(made, input))) return false;
    const before = ancestorsOf(made, producers);
    return (readers.get(input) ?? []).every((node) => node === made || before.has(node));
  });
  return new Set(found.map(({ name }) => name));
}

function sameArray(a: Value, b: Value): boolean {
  return a.type === b.type && a.shape.join() === b.shape.join();
}

/** Whether a node that reads an input may write its result there: each number is written after it was read. */
function writesOver({ op, inputs, outputs }: Node, input: Value): boolean {
  if (op === 'Gemm') return inputs.indexOf(input) === 2;
  return elementwise.has(op) && outputs[0].shape.join() === input.shape.join();
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

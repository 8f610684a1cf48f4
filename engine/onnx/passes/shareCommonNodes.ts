import type { Node, Value } from '../graph.ts';
import type { Pass } from './pass.ts';

/**
 * Computes once what is computed twice: nodes with the same operator, inputs and attributes. It is also what makes ReLU's derivative
 * cheap: traced as a step of Relu(x), it reads the ReLU of the forward pass.
 */
export const shareCommonNodes: Pass = (graph) => {
  const first = new Map<string, Node>();
  const replaced = new Map<Value, Value>();
  const constants = new Map<string, Value>();
  const canonical = (value: Value | null): Value | null => {
    if (!value) return null;
    if (!value.data || value.data.length > 64) return replaced.get(value) ?? value;
    const { buffer, byteOffset, byteLength } = value.data;
    // By bytes: 0 and -0 print alike.
    const key = `${value.type}[${value.shape.join()}]${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
    if (!constants.has(key)) constants.set(key, value);
    return constants.get(key)!;
  };
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(canonical);
    const key = JSON.stringify([node.op, node.domain, inputs.map((input) => input?.name ?? null), node.attributes]);
    const twin = first.get(key);
    if (twin) node.outputs.forEach((output, i) => replaced.set(output, twin.outputs[i]));
    else {
      const kept = { ...node, inputs };
      first.set(key, kept);
      nodes.push(kept);
    }
  }
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => ({ ...output, value: replaced.get(output.value) ?? output.value })),
  };
};

import type { Attribute, Node, Value } from '../graph.ts';
import type { Pass } from './pass.ts';

/**
 * Lets every result of the graph be made by a node under the result's own name, as ONNX wants it. Results that are inputs, constants
 * or stand twice are copied; booleans leave as int32.
 */
export const nameResults: Pass = (graph) => {
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const taken = new Map<Value, Value>();
  const copies: Node[] = [];
  const outputs = graph.outputs.map(({ name, value }) => {
    const renamed: Value = { name, shape: value.shape, type: value.type === 'bool' ? 'int32' : value.type };
    if (made.has(value) && value.type !== 'bool' && !taken.has(value)) taken.set(value, renamed);
    else
      copies.push({
        op: value.type === 'bool' ? 'Cast' : 'Identity',
        inputs: [value],
        outputs: [renamed],
        attributes: castTo(value),
      });
    return { name, value: renamed };
  });
  const rename = (value: Value): Value => taken.get(value) ?? value;
  const nodes = [...graph.nodes, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => input && rename(input)),
    outputs: node.outputs.map(rename),
  }));
  return { ...graph, nodes, outputs };
};

function castTo(value: Value): Record<string, Attribute> {
  return value.type === 'bool' ? { to: 6 } : {};
}

import type { Value } from '../graph.ts';
import type { Pass } from './pass.ts';

/** Drops nodes whose results nobody reads. */
export const removeDeadNodes: Pass = (graph) => {
  const needed = new Set<Value>(graph.outputs.map(({ value }) => value));
  const kept = graph.nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const input of node.inputs) if (input) needed.add(input);
      return true;
    })
    .toReversed();
  return { ...graph, nodes: kept };
};

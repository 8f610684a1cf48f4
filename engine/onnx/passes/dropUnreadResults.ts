import { countUses } from '../graph.ts';
import type { Pass } from './pass.ts';

/** Drops the last results of nodes that have several where nobody reads them, so that they need not be computed. */
export const dropUnreadResults: Pass = (graph) => {
  const uses = countUses(graph);
  const nodes = graph.nodes.map((node) => {
    // Its indices are not optional.
    if (node.op === 'TopK') return node;
    const read = node.outputs.findLastIndex((output) => uses.has(output)) + 1;
    return read === node.outputs.length ? node : { ...node, outputs: node.outputs.slice(0, read) };
  });
  return { ...graph, nodes };
};

import type { Graph } from '../graph.ts';

/** A pass: graph in, equivalent graph out. */
export type Pass = (graph: Graph) => Graph;

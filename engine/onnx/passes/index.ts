import type { Graph } from '../graph.ts';
import { dropUnreadResults } from './dropUnreadResults.ts';
import { foldBias } from './foldBias.ts';
import { foldConstants } from './foldConstants.ts';
import { fuseIntoGemm } from './fuseIntoGemm.ts';
import { nameResults } from './nameResults.ts';
import type { Pass } from './pass.ts';
import { removeDeadNodes } from './removeDeadNodes.ts';
import { shareCommonNodes } from './shareCommonNodes.ts';

export { blockChannels } from './blockChannels.ts';
export { dropUnreadResults, foldBias, foldConstants, fuseIntoGemm, nameResults, removeDeadNodes, shareCommonNodes };
export type { Pass };

const inTurn =
  (passes: readonly Pass[]): Pass =>
  (graph) =>
    passes.reduce((result, pass) => pass(result), graph);

/** After this nothing is computed twice, for nobody, or anew at every run; operators are still those that the function was traced to. */
export const simplify: Pass = inTurn([removeDeadNodes, foldConstants, shareCommonNodes]);

const fuse: Pass = inTurn([foldBias, fuseIntoGemm, removeDeadNodes, dropUnreadResults, nameResults]);

/** All passes, in order. */
export function optimize(graph: Graph): Graph {
  return fuse(simplify(graph));
}

import { sizeOf, type ProductRole, type WeightProduct } from '../../types.ts';
import { nodeFlops } from '../flops.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { anyHas, type Layout } from './axes.ts';
import { contractionOf, type Factor } from './contraction.ts';
import { layoutsOf } from './layouts.ts';
import { operandFinder, type ThroughWeight } from './operands.ts';

/**
 * The products of a program that go through weights of layers, summed by weight and role. They are told by what they sum over:
 *
 * - `forward`: rows times a view of a weight, over the layer's inputs;
 * - `input-gradient`: rows times a view of a weight, over its outputs;
 * - `weight-gradient`: over rows, or over positions for each row, of two values that are no weights. The result is as large as a weight, and one
 *   factor is what that weight was multiplied by, as it was or copied, unfolded into patches, squared, scaled or projected: so that it is known which
 *   of several layers of one shape it belongs to.
 *
 * All other products, such as those with bases of subspaces and Gram matrices, are none of these.
 * @param graph before products are fused with what surrounds them
 */
export function weightProducts(graph: Graph): WeightProduct[] {
  const products = graph.nodes.flatMap((node) => {
    const contraction = contractionOf(node);
    return contraction ? [{ node, factors: contraction.factors }] : [];
  });
  const look = layoutsOf(graph);
  const through = products.flatMap((product) => throughWeight(product, look) ?? []);
  const find = operandFinder(graph, through);
  const gradients = products.flatMap((product) => ofWeight(product, look, find) ?? []);
  const sums = new Map<string, WeightProduct>();
  for (const { node, weight, role } of [...through, ...gradients]) {
    const key = `${role} ${weight.name}`;
    const flops = (sums.get(key)?.flops ?? 0) + nodeFlops(node);
    sums.set(key, { weight: weight.name, role, flops });
  }
  return [...sums.values()];
}

interface Product {
  readonly node: Node;
  readonly factors: readonly [Factor, Factor];
}

type Look = (value: Value) => Layout;

function throughWeight({ node, factors }: Product, look: Look): ThroughWeight | null {
  for (const [view, rows] of [factors, factors.toReversed()]) {
    const [layout, data] = [look(view.value), look(rows.value)];
    if (!layout.weight || data.weight || anyHas(data, rows.contracted, 'row')) continue;
    if (!anyHas(data, [...rows.free, ...rows.batch], 'row')) continue;
    const [inputs, outputs] = (['in', 'out'] as const).map((role) => anyHas(layout, view.contracted, role));
    if (inputs === outputs) continue;
    const role = inputs ? 'forward' : 'input-gradient';
    return { node, weight: layout.weight, role, rows: rows.value, size: sizeOf(view.value.shape) };
  }
  return null;
}

function ofWeight(
  { node, factors }: Product,
  look: Look,
  find: ReturnType<typeof operandFinder>,
): { readonly node: Node; readonly weight: Value; readonly role: ProductRole } | null {
  const [a, b] = factors.map(({ value }) => look(value));
  const [left, right] = factors;
  if (a.weight || b.weight) return null;
  const overRows = anyHas(a, left.contracted, 'row') && anyHas(b, right.contracted, 'row');
  const byRow = anyHas(a, left.batch, 'row') && anyHas(b, right.batch, 'row');
  if (!overRows && !byRow) return null;
  const size = sizeOf(node.outputs[0].shape) / Math.max(rowsOf(a, left.batch), rowsOf(b, right.batch));
  const weight = find([left.value, right.value], size);
  return weight && { node, weight, role: 'weight-gradient' };
}

/** How many rows some axes count. */
function rowsOf({ axes }: Layout, places: readonly number[]): number {
  const parts = places.flatMap((place) => axes[place]).filter(({ role }) => role === 'row');
  return parts.reduce((rows, { extent }) => rows * extent, 1);
}

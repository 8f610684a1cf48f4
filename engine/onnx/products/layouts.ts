import type { Shape } from '../../types.ts';
import type { Graph, Node, Value } from '../graph.ts';
import {
  anyHas,
  combined,
  has,
  other,
  plain,
  reshaped,
  resized,
  rest,
  roleOf,
  unknown,
  type Axis,
  type Layout,
} from './axes.ts';
import { contractionOf, type Factor } from './contraction.ts';

/** Weights of layers by the number of their axes, as networks keep them: `[in, out]`, and filters `[out, in, height, width]`. */
const weightRoles = { 2: ['in', 'out'], 4: ['out', 'in', 'other', 'other'] } as const;

function layoutOfInput(input: Value): Layout {
  const { name, shape } = input;
  const roles = weightRoles[shape.length as keyof typeof weightRoles];
  if (/(^|\/)weight$/.test(name) && roles)
    return { axes: shape.map((extent, i) => [{ extent, role: roles[i] }]), weight: input };
  if (/(^|\/)x$/.test(name) && shape.length > 0)
    return { axes: shape.map((extent, i) => [{ extent, role: i === 0 ? 'row' : 'other' }]), weight: null };
  return unknown(shape);
}

/**
 * What the axes of every value of a graph count. Rows come in by inputs called `x`, weights by those called `weight`; what is summed over together
 * with rows counts rows, too, such as the gradient of a loss that is linear in the logits, which no input tells of.
 */
export function layoutsOf(graph: Graph): Look {
  const products = graph.nodes.flatMap((node) => {
    const contraction = contractionOf(node);
    return contraction ? [contraction.factors] : [];
  });
  const known = new Map<Value, Layout>();
  for (;;) {
    const look = derived(graph, known);
    const found = products.flatMap(([a, b]) => [countedWith(a, b, look), countedWith(b, a, look)]);
    const news = found.filter((each) => each !== null && !known.has(each.value));
    if (news.length === 0) return look;
    for (const each of news) known.set(each!.value, each!.layout);
  }
}

type Look = (value: Value) => Layout;

/** That a factor counts rows, as the other one is known to, where it is not known to. */
function countedWith(rows: Factor, factor: Factor, look: Look) {
  const [from, layout] = [look(rows.value), look(factor.value)];
  if (layout.weight || from.weight || !anyHas(from, rows.contracted, 'row')) return null;
  if (layout.axes.some((axis) => has(axis, 'row'))) return null;
  const axes = layout.axes.map((axis, i) => (i === factor.contracted[0] ? from.axes[rows.contracted[0]] : axis));
  return { value: factor.value, layout: { axes, weight: null } };
}

/** @param known what has been found out about some values otherwise */
function derived(graph: Graph, known: ReadonlyMap<Value, Layout>): Look {
  const layouts = new Map<Value, Layout>(graph.inputs.map((input) => [input, layoutOfInput(input)]));
  const places = new Map(graph.inputs.map((input, i) => [input, i]));
  const order = (input: Value): number => places.get(input)!;
  for (const [value, layout] of known) layouts.set(value, layout);
  const look = (value: Value): Layout => {
    let layout = layouts.get(value);
    if (!layout) layouts.set(value, (layout = unknown(value.shape)));
    return layout;
  };
  for (const node of graph.nodes)
    for (const output of node.outputs) if (!known.has(output)) layouts.set(output, derive(node, output, look, order));
  return look;
}

function derive(node: Node, output: Value, look: Look, order: (input: Value) => number): Layout {
  const { shape } = output;
  const inputs = node.inputs.filter((input) => input !== null);
  const [first] = inputs;
  const contraction = contractionOf(node);
  if (contraction) {
    const axes = contraction.result.map((from, i): Axis => {
      if (!from) return other(shape[i]);
      const [factor, axis] = from;
      return plain(look(contraction.factors[factor].value).axes[axis]);
    });
    return { axes, weight: null };
  }
  const layout = first && look(first);
  switch (node.op) {
    case 'Reshape':
      return reshaped(layout, shape);
    case 'Transpose': {
      const perm = node.attributes.perm as readonly number[];
      return { ...layout, axes: perm.map((axis) => layout.axes[axis]) };
    }
    case 'Slice':
    case 'Pad':
    case 'Tile':
    case 'TopK':
      return resized(layout, shape);
    case 'Concat':
      return joined(
        inputs.map((input) => look(input)),
        shape,
      );
    case 'Gather':
      return gathered(layout, look(inputs[1]), node.attributes.axis as number, shape);
    case 'OneHot':
      return { axes: [...layout.axes.map(plain), other(shape.at(-1)!)], weight: null };
    case 'MaxPool':
    case 'AveragePool':
    case 'MaxUnpool':
      return { axes: shape.map((extent, i) => (i < 2 ? plain(layout.axes[i]) : other(extent))), weight: null };
    case 'ConvTranspose':
    case 'Conv':
      // Channels apart from each other, as in pooling.
      return { axes: shape.map((extent, i) => (i === 0 ? plain(layout.axes[0]) : other(extent))), weight: null };
  }
  if (/^(Reduce|Arg)/.test(node.op)) return reduced(node, layout, shape);
  const operands = node.op === 'Expand' ? [first] : inputs;
  if (operands.length > 0 && operands.every((input) => broadcasts(input.shape, shape)))
    return combined(
      operands.map((input) => look(input)),
      shape,
      order,
    );
  return first?.shape.join() === shape.join() ? { axes: layout.axes.map(plain), weight: null } : unknown(shape);
}

function broadcasts(from: Shape, to: Shape): boolean {
  return (
    from.length <= to.length && from.every((extent, i) => extent === 1 || extent === to[i - from.length + to.length])
  );
}

/** Values one after the other: along any axis that counts rows in one of them, it does in all. */
function joined(layouts: readonly Layout[], shape: Shape): Layout {
  const axes = shape.map((extent, i): Axis => {
    const rows = layouts.find(({ axes: each }) => has(each[i], 'row'))?.axes[i];
    return rows ? resized({ axes: [rows], weight: null }, [extent]).axes[0] : other(extent);
  });
  return { axes, weight: null };
}

function gathered(from: Layout, indices: Layout, axis: number, shape: Shape): Layout {
  const role = roleOf(from.axes[axis]);
  const chosen = indices.axes.map((each, i): Axis => (has(each, 'row') ? each : [{ extent: shape[axis + i], role }]));
  return rest({ axes: [...from.axes.slice(0, axis), ...chosen, ...from.axes.slice(axis + 1)], weight: from.weight });
}

function reduced({ inputs, attributes }: Node, { axes }: Layout, shape: Shape): Layout {
  const given = inputs[1]?.data ? Array.from(inputs[1].data, Number) : [attributes.axis as number];
  const gone = new Set(given.map((axis) => (axis < 0 ? axis + axes.length : axis)));
  if (attributes.keepdims !== 0)
    return { axes: axes.map((axis, i) => (gone.has(i) ? other(1) : plain(axis))), weight: null };
  const left = axes.filter((_, i) => !gone.has(i)).map(plain);
  return left.length === shape.length ? { axes: left, weight: null } : unknown(shape);
}

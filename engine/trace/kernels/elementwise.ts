import { inAnyOrder, numberAttribute, typeAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import { floatAttribute, splatOf, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../builder.ts';
import { broadcastShapes } from '../broadcast.ts';

const binary =
  (op: string): Kernel =>
  ({ graph, inputs: { a, b } }) =>
    graph.binary(op, a, b);

const unary =
  (op: string): Kernel =>
  ({ graph, inputs: { x } }) =>
    graph.unary(op, x);

const compare =
  (op: string): Kernel =>
  ({ graph, inputs: { a, b } }) =>
    graph.binary(op, a, b, 'bool');

/** `x` itself if broadcasting it against `other` keeps its shape and `other` is all `neutral`: x·1, x+0. */
function unchanged(x: Value, other: Value, neutral: number): boolean {
  return splatOf(other) === neutral && broadcastShapes(x.shape, other.shape).join() === x.shape.join();
}

const multiply: Kernel = ({ graph, inputs: { a, b } }) => {
  if (unchanged(a, b, 1)) return a;
  if (unchanged(b, a, 1)) return b;
  // Times ones of a larger shape: how tfjs spreads the gradient of a sum.
  for (const [x, ones] of [
    [a, b],
    [b, a],
  ])
    if (splatOf(ones) === 1) return graph.expand(x, broadcastShapes(a.shape, b.shape));
  return graph.binary('Mul', a, b);
};

const add: Kernel = ({ graph, inputs: { a, b } }) => {
  if (unchanged(a, b, 0)) return a;
  return unchanged(b, a, 0) ? b : graph.binary('Add', a, b);
};

const addAll: Kernel = ({ graph, inputs }) =>
  Object.values(inputs).reduce((sum, term) => graph.binary('Add', sum, term));

/** Division of integers gives floats in tfjs, as `tf.div` documents. */
const divide: Kernel = ({ graph, inputs: { a, b } }) =>
  graph.binary('Div', graph.cast(a, 'float32'), graph.cast(b, 'float32'));

const clip = (graph: GraphBuilder, x: Value, low: number, high: number): Value =>
  graph.emit('Clip', [x, graph.scalar(low), graph.scalar(high)], x.shape);

const square = (graph: GraphBuilder, x: Value): Value => graph.binary('Mul', x, x);

/** As steep as 32-bit floats allow: max(0, min(1, steepest·x)) is 1 for every positive number that is not denormal. */
const steepest = 3.4e38;

/**
 * tfjs's derivative of (leaky) ReLU: alpha for x ≤ 0, else 1. A steep `HardSigmoid` is computed many numbers at a time, which `Sign` and
 * comparisons are not; of the ReLU, so that x itself need not be kept.
 */
const step: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const alpha = numberAttribute(attributes, 'alpha') ?? 0;
  if (alpha === 0)
    return graph.unary('HardSigmoid', graph.unary('Relu', x), {
      alpha: floatAttribute(steepest),
      beta: floatAttribute(0),
    });
  const positive = graph.binary('Greater', x, graph.scalar(0), 'bool');
  return graph.emit('Where', [positive, graph.scalar(1), graph.scalar(alpha)], x.shape);
};

/** d elu(x)/dx from y = elu(x): 1 where y ≥ 0, else y + 1. */
const eluGradient: Kernel = ({ graph, inputs: { dy, y } }) => {
  const positive = graph.binary('GreaterOrEqual', y, graph.scalar(0), 'bool');
  const slope = graph.emit('Where', [positive, graph.scalar(1), graph.binary('Add', y, graph.scalar(1))], y.shape);
  return graph.binary('Mul', dy, slope);
};

const selectElements = inAnyOrder(({ graph, inputs: { condition, t, e } }) =>
  graph.emit('Where', [graph.cast(condition, 'bool'), t, e], t.shape, t.type),
);

const select: Kernel = (call) => {
  const { graph, inputs, views } = call;
  const { condition, t } = views;
  if (condition.value.shape.length !== 1 || t.value.shape.length === 1) return selectElements(call);
  // tfjs lets a vector choose whole rows; ONNX broadcasts from the last axis, so the vector needs trailing ones.
  const rows = graph.reshape(inputs.condition, [condition.value.shape[0], ...t.value.shape.slice(1).map(() => 1)]);
  return graph.emit('Where', [graph.cast(rows, 'bool'), inputs.t, inputs.e], inputs.t.shape, inputs.t.type);
};

const cast: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const type = typeAttribute(attributes, 'dtype');
  // ONNX casts to bool by "not zero" as tfjs does; to int32 both truncate toward zero.
  return graph.cast(x, type);
};

const table: KernelTable = {
  Add: add,
  AddN: addAll,
  Sub: ({ graph, inputs: { a, b } }) => (unchanged(a, b, 0) ? a : graph.binary('Sub', a, b)),
  Multiply: multiply,
  RealDiv: divide,
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  SquaredDifference: ({ graph, inputs: { a, b } }) => square(graph, graph.binary('Sub', a, b)),
  FloorDiv: ({ graph, inputs: { a, b } }) =>
    graph.cast(graph.unary('Floor', graph.binary('Div', graph.cast(a, 'float32'), graph.cast(b, 'float32'))), a.type),

  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  Equal: compare('Equal'),
  NotEqual: ({ graph, inputs: { a, b } }) => graph.unary('Not', graph.binary('Equal', a, b, 'bool')),
  LogicalAnd: compare('And'),
  LogicalOr: compare('Or'),
  LogicalNot: unary('Not'),

  Abs: unary('Abs'),
  Neg: unary('Neg'),
  Sign: unary('Sign'),
  Exp: unary('Exp'),
  Expm1: ({ graph, inputs: { x } }) => graph.binary('Sub', graph.unary('Exp', x), graph.scalar(1)),
  Log: unary('Log'),
  Log1p: ({ graph, inputs: { x } }) => graph.unary('Log', graph.binary('Add', x, graph.scalar(1))),
  Sqrt: unary('Sqrt'),
  Rsqrt: ({ graph, inputs: { x } }) => graph.unary('Reciprocal', graph.unary('Sqrt', x)),
  Square: ({ graph, inputs: { x } }) => square(graph, x),
  Reciprocal: unary('Reciprocal'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Round: unary('Round'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tanh: unary('Tanh'),
  Sigmoid: unary('Sigmoid'),
  Softplus: unary('Softplus'),
  Erf: unary('Erf'),
  IsNan: ({ graph, inputs: { x } }) => graph.emit('IsNaN', [x], x.shape, 'bool'),
  Relu: unary('Relu'),
  Relu6: ({ graph, inputs: { x } }) => clip(graph, x, 0, 6),
  Elu: unary('Elu'),
  EluGrad: eluGradient,
  LeakyRelu: ({ graph, inputs: { x }, attributes }) =>
    graph.unary('LeakyRelu', x, { alpha: floatAttribute(numberAttribute(attributes, 'alpha')) }),
  Step: step,
  ClipByValue: ({ graph, inputs: { x }, attributes }) =>
    clip(graph, x, numberAttribute(attributes, 'clipValueMin'), numberAttribute(attributes, 'clipValueMax')),
  Cast: cast,
};

/** Element by element, the order of axes does not matter. */
export const elementwise: KernelTable = {
  ...Object.fromEntries(Object.entries(table).map(([name, kernel]) => [name, inAnyOrder(kernel)])),
  Select: select,
};

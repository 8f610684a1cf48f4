import { broadcastShapes } from '../broadcast.ts';
import { inAnyOrder, type Kernel, type KernelTable } from '../kernel.ts';

/** The remainder with the divisor's sign, as in Python; ONNX has it for integers only. */
const mod: Kernel = ({ graph, inputs: { a, b } }) => {
  const shape = broadcastShapes(a.shape, b.shape);
  if (a.type === 'int32') return graph.emit('Mod', [a, b], shape, 'int32', { fmod: 0 });
  const rest = graph.emit('Mod', [a, b], shape, 'float32', { fmod: 1 });
  const zero = graph.scalar(0);
  const [restBelow, divisorBelow] = [rest, b].map((x) => graph.binary('Less', x, zero, 'bool'));
  const apart = graph.binary('Xor', restBelow, divisorBelow, 'bool');
  const some = graph.unary('Not', graph.binary('Equal', rest, zero, 'bool'));
  const wrong = graph.binary('And', apart, some, 'bool');
  return graph.emit('Where', [wrong, graph.binary('Add', rest, b), rest], shape);
};

const isInfinite: Kernel = ({ graph, inputs: { x } }) =>
  graph.emit('IsInf', [graph.cast(x, 'float32')], x.shape, 'bool');

const isFinite: Kernel = ({ graph, inputs }) => {
  const x = graph.cast(inputs.x, 'float32');
  const infinite = graph.emit('IsInf', [x], x.shape, 'bool');
  const nan = graph.emit('IsNaN', [x], x.shape, 'bool');
  return graph.unary('Not', graph.binary('Or', infinite, nan, 'bool'));
};

const prelu: Kernel = ({ graph, inputs: { x, alpha } }) => {
  const scaled = graph.binary('Mul', x, alpha);
  return graph.emit('Where', [graph.binary('Less', x, graph.scalar(0), 'bool'), scaled, x], scaled.shape);
};

const table: KernelTable = {
  Mod: mod,
  BitwiseAnd: ({ graph, inputs: { a, b } }) => graph.binary('BitwiseAnd', a, b),
  LogicalXor: ({ graph, inputs: { a, b } }) => graph.binary('Xor', a, b, 'bool'),
  IsInf: isInfinite,
  IsFinite: isFinite,
  Prelu: prelu,
  // ONNX's constants are those of tfjs, of Klambauer et al., arXiv:1706.02515.
  Selu: ({ graph, inputs: { x } }) => graph.unary('Selu', x),
};

export const arithmetic: KernelTable = Object.fromEntries(
  Object.entries(table).map(([name, kernel]) => [name, inAnyOrder(kernel)]),
);

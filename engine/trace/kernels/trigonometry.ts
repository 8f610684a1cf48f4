import { inAnyOrder, type Kernel, type KernelTable } from '../kernel.ts';

const unary =
  (op: string): Kernel =>
  ({ graph, inputs: { x } }) =>
    graph.unary(op, x);

/** The angle of the point (b, a): atan(a / b), turned by ±π left of the axis, ±π/2 on it. */
const atan2: Kernel = ({ graph, inputs }) => {
  const [a, b] = [graph.cast(inputs.a, 'float32'), graph.cast(inputs.b, 'float32')];
  const zero = graph.scalar(0);
  const where = (condition: typeof a, then: typeof a, otherwise: typeof a, shape = condition.shape) =>
    graph.emit('Where', [condition, then, otherwise], shape);
  const angle = graph.unary('Atan', graph.binary('Div', a, b));
  const half = where(graph.binary('Less', a, zero, 'bool'), graph.scalar(-Math.PI), graph.scalar(Math.PI));
  const left = graph.binary('Add', angle, half);
  const upright = graph.binary('Mul', graph.unary('Sign', a), graph.scalar(Math.PI / 2));
  const onAxis = where(graph.binary('Equal', b, zero, 'bool'), upright, left, left.shape);
  return where(graph.binary('Greater', b, zero, 'bool'), angle, onAxis, left.shape);
};

const table: KernelTable = {
  Acos: unary('Acos'),
  Acosh: unary('Acosh'),
  Asin: unary('Asin'),
  Asinh: unary('Asinh'),
  Atan: unary('Atan'),
  Atanh: unary('Atanh'),
  Cosh: unary('Cosh'),
  Sinh: unary('Sinh'),
  Tan: unary('Tan'),
  Atan2: atan2,
};

export const trigonometry: KernelTable = Object.fromEntries(
  Object.entries(table).map(([name, kernel]) => [name, inAnyOrder(kernel)]),
);

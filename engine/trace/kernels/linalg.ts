import { axisOf, numberAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import { sizeOf } from '../../types.ts';
import type { Value } from '../../onnx/graph.ts';

/** Numbers known when the program is traced. */
const linSpace: Kernel = ({ graph, attributes }) => {
  const [start, stop, num] = ['start', 'stop', 'num'].map((name) => numberAttribute(attributes, name));
  const step = (stop - start) / (num - 1);
  return graph.constant(
    Float32Array.from({ length: num }, (_, i) => (num === 1 ? start : start + i * step)),
    [num],
    'float32',
  );
};

const range: Kernel = ({ graph, attributes }) => {
  const [start, stop, step] = ['start', 'stop', 'step'].map((name) => numberAttribute(attributes, name));
  const length = Math.max(0, Math.ceil((stop - start) / step));
  const numbers = Array.from({ length }, (_, i) => start + i * step);
  return attributes.dtype === 'int32'
    ? graph.constant(Int32Array.from(numbers), [length], 'int32')
    : graph.constant(Float32Array.from(numbers), [length], 'float32');
};

/** ONNX has no running product: every element multiplies those that its row of a triangle lets through. */
const cumprod: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const axis = axisOf(numberAttribute(attributes, 'axis'), x.shape);
  const n = x.shape[axis];
  const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  const passes = Uint8Array.from({ length: n * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    const distance = attributes.reverse ? column - row : row - column;
    return distance >= (attributes.exclusive ? 1 : 0) ? 1 : 0;
  });
  const one = graph.scalar(1, x.type === 'int32' ? 'int32' : 'float32');
  const factors = graph.emit(
    'Where',
    [graph.constant(passes, [1, n, n, 1], 'bool'), graph.reshape(x, [outer, 1, n, inner]), one],
    [outer, n, n, inner],
    x.type,
  );
  const product = graph.emit('ReduceProd', [factors, graph.integers([2])], [outer, n, inner], x.type, { keepdims: 0 });
  return graph.reshape(product, x.shape);
};

/** The tensor on the diagonal of zeros, of twice its rank. */
const diag: Kernel = ({ graph, inputs: { x } }) => {
  const n = sizeOf(x.shape);
  const eye = graph.constant(
    Uint8Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
    [n, n],
    'bool',
  );
  const zero = graph.scalar(0, x.type === 'int32' ? 'int32' : 'float32');
  const matrix = graph.emit('Where', [eye, graph.reshape(x, [n]), zero], [n, n], x.type);
  return graph.reshape(matrix, [...x.shape, ...x.shape]);
};

const einsum: Kernel = ({ graph, inputs, attributes }) => {
  const equation = String(attributes.equation).replaceAll(/\s/g, '');
  const [left, right] = equation.split('->');
  const operands: Value[] = Object.values(inputs);
  const extents = new Map(
    left.split(',').flatMap((axes, i) => [...axes].map((axis, j) => [axis, operands[i].shape[j]] as const)),
  );
  return graph.emit(
    'Einsum',
    operands,
    [...right].map((axis) => extents.get(axis)!),
    operands[0].type,
    { equation },
  );
};

export const linearAlgebra: KernelTable = {
  LinSpace: linSpace,
  Range: range,
  Cumprod: cumprod,
  Diag: diag,
  Einsum: einsum,
};

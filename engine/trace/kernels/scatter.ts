import { listAttribute, numberAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import { sizeOf, type Shape } from '../../types.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../../onnx/graph.ts';

/** Indices as rows of 64-bit coordinates: tfjs takes a list of numbers for coordinates on one axis. */
function coordinates(graph: GraphBuilder, indices: Value): Value {
  const rows = indices.shape.length > 1 ? indices : graph.reshape(indices, [sizeOf(indices.shape), 1]);
  return graph.cast(rows, 'int64');
}

function filledLike(graph: GraphBuilder, x: Value, shape: Shape, number = 0): Value {
  return graph.expand(graph.scalar(number, x.type === 'float32' ? 'float32' : 'int32'), shape);
}

function scatter(graph: GraphBuilder, into: Value, indices: Value, updates: Value, reduction?: string): Value {
  const rows = coordinates(graph, indices);
  // The coordinates of a row choose a block of what they are too short for.
  const shape = [...rows.shape.slice(0, -1), ...into.shape.slice(rows.shape.at(-1)!)];
  const values = updates.shape.length === 0 ? graph.expand(updates, shape) : graph.reshape(updates, shape);
  return graph.emit('ScatterND', [into, rows, values], into.shape, into.type, reduction ? { reduction } : {});
}

const gatherNd: Kernel = ({ graph, inputs: { params, indices } }) => {
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1)!)];
  return graph.emit('GatherND', [params, graph.cast(indices, 'int64')], shape, params.type);
};

/** tfjs adds up what falls on one place. */
const scatterNd: Kernel = ({ graph, inputs: { indices, updates }, attributes }) =>
  scatter(graph, filledLike(graph, updates, listAttribute(attributes, 'shape')), indices, updates, 'add');

const sparseToDense: Kernel = ({ graph, inputs: { sparseIndices, sparseValues, defaultValue }, attributes }) => {
  const shape = listAttribute(attributes, 'outputShape');
  return scatter(graph, graph.expand(defaultValue, shape), sparseIndices, sparseValues);
};

/** Counts, or sums of weights, of each number from 0 to size − 1 along the last axis; others are ignored. */
const bincount: Kernel = ({ graph, inputs: { x, weights }, attributes }) => {
  const size = numberAttribute(attributes, 'size');
  const shape = [...x.shape.slice(0, -1), size];
  const numbers = graph.constant(
    Int32Array.from({ length: size }, (_, i) => i),
    [size],
    'int32',
  );
  const column = graph.reshape(graph.cast(x, 'int32'), [...x.shape, 1]);
  const hits = graph.cast(graph.binary('Equal', column, numbers, 'bool'), weights.type);
  if (attributes.binaryOutput)
    return graph.emit('ReduceMax', [hits, graph.integers([x.shape.length - 1])], shape, weights.type, { keepdims: 0 });
  const weighted =
    sizeOf(weights.shape) === 0 ? hits : graph.binary('Mul', hits, graph.reshape(weights, [...weights.shape, 1]));
  return graph.emit('ReduceSum', [weighted, graph.integers([x.shape.length - 1])], shape, weights.type, {
    keepdims: 0,
  });
};

/** How many members of each sorted row are below a value (`left`), or not above it (`right`). */
const searchSorted: Kernel = ({ graph, inputs: { sortedSequence, values }, attributes }) => {
  const [rows, length] = sortedSequence.shape;
  const wanted = graph.reshape(values, [...values.shape, 1]);
  const sorted = graph.reshape(sortedSequence, [rows, 1, length]);
  const before = graph.binary(attributes.side === 'left' ? 'Less' : 'LessOrEqual', sorted, wanted, 'bool');
  return graph.emit('ReduceSum', [graph.cast(before, 'int32'), graph.integers([2])], values.shape, 'int32', {
    keepdims: 0,
  });
};

export const scattering: KernelTable = {
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  TensorScatterUpdate: ({ graph, inputs: { tensor, indices, updates } }) => scatter(graph, tensor, indices, updates),
  SparseToDense: sparseToDense,
  Bincount: bincount,
  DenseBincount: bincount,
  SearchSorted: searchSorted,
};

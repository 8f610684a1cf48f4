import { axisOf, numberAttribute, typeAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import { sizeOf } from '../../types.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../../onnx/graph.ts';

const gather: Kernel = ({ graph, inputs: { x, indices }, attributes }) => {
  const axis = axisOf(numberAttribute(attributes, 'axis'), x.shape);
  const batchDims = numberAttribute(attributes, 'batchDims');
  if (batchDims > 0) return gatherInBatches(graph, x, indices, axis, batchDims);
  const shape = x.shape.toSpliced(axis, 1, ...indices.shape);
  return graph.emit('Gather', [x, graph.cast(indices, 'int32')], shape, x.type, { axis });
};

/** Each batch with indices of its own: the axis is brought behind the batch, gathered along, and the others are put back before it. */
function gatherInBatches(graph: GraphBuilder, x: Value, indices: Value, axis: number, batchDims: number): Value {
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const before = sizeOf(x.shape.slice(batchDims, axis));
  const after = sizeOf(x.shape.slice(axis + 1));
  const count = sizeOf(indices.shape.slice(batchDims));
  const split = graph.reshape(x, [batch, before, x.shape[axis], after]);
  const places = graph.cast(graph.reshape(indices, [batch, count, 1]), 'int64');
  const gathered = graph.emit(
    'GatherND',
    [graph.transpose(split, [0, 2, 1, 3]), places],
    [batch, count, before, after],
    x.type,
    { batch_dims: 1 },
  );
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  return graph.reshape(graph.transpose(gathered, [0, 2, 1, 3]), shape);
}

const oneHot: Kernel = ({ graph, inputs: { indices }, attributes }) => {
  const depth = numberAttribute(attributes, 'depth');
  const type = typeAttribute(attributes, 'dtype') ?? 'int32';
  const values = Float32Array.of(numberAttribute(attributes, 'offValue'), numberAttribute(attributes, 'onValue'));
  const hot = graph.emit(
    'OneHot',
    [graph.cast(indices, 'int32'), graph.scalar(depth, 'int32'), graph.constant(values, [2], 'float32')],
    [...indices.shape, depth],
  );
  return graph.cast(hot, type);
};

/** Sums rows by segment: how tfjs differentiates a gather. */
const unsortedSegmentSum: Kernel = ({ graph, inputs: { x, segmentIds }, attributes }) => {
  const shape = [numberAttribute(attributes, 'numSegments'), ...x.shape.slice(1)];
  const zeros = graph.emit('Expand', [graph.scalar(0), graph.integers(shape)], shape);
  const rows = graph.reshape(graph.cast(segmentIds, 'int64'), [...segmentIds.shape, 1]);
  return graph.emit('ScatterND', [zeros, rows, x], shape, x.type, { reduction: 'add' });
};

const topK: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const k = numberAttribute(attributes, 'k');
  const shape = [...x.shape.slice(0, -1), k];
  const [values, indices] = graph.emitMany(
    'TopK',
    [x, graph.integers([k])],
    [
      { shape, type: x.type },
      { shape, type: 'int64' },
    ],
    { axis: -1, largest: 1, sorted: 1 },
  );
  return [values, graph.cast(indices, 'int32')];
};

export const indexing: KernelTable = {
  GatherV2: gather,
  OneHot: oneHot,
  UnsortedSegmentSum: unsortedSegmentSum,
  TopK: topK,
};

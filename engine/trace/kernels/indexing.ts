import { axisOf, numberAttribute, typeAttribute, type Kernel, type KernelTable } from '../kernel.ts';

const gather: Kernel = ({ graph, inputs: { x, indices }, attributes }) => {
  if (numberAttribute(attributes, 'batchDims') > 0) throw new Error('GatherV2 with batchDims is not mapped');
  const axis = axisOf(numberAttribute(attributes, 'axis'), x.shape);
  const shape = x.shape.toSpliced(axis, 1, ...indices.shape);
  return graph.emit('Gather', [x, graph.cast(indices, 'int32')], shape, x.type, { axis });
};

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

import { tf } from '../../tf.ts';
import { listAttribute, numberAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import { sizeOf } from '../../types.ts';

/** Batches to and from blocks of space: tfjs's own arithmetic on shapes. */
const blocks = tf.backend_util;

const spaceToBatch: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const block = listAttribute(attributes, 'blockShape');
  const given = attributes.paddings as [number, number][];
  const paddings = x.shape.map((_, axis) => given[axis - 1] ?? [0, 0]);
  const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  const shape = x.shape.map((extent, axis) => extent + paddings[axis][0] + paddings[axis][1]);
  const zero = graph.scalar(0, x.type === 'int32' ? 'int32' : 'float32');
  const padded = pads.some((pad) => pad > 0) ? graph.emit('Pad', [x, graph.integers(pads), zero], shape, x.type) : x;
  const split = blocks.getReshaped(shape, block, sizeOf(block), false);
  const moved = graph.transpose(graph.reshape(padded, split), blocks.getPermuted(split.length, block.length, false));
  return graph.reshape(moved, blocks.getReshapedPermuted(shape, block, sizeOf(block), false));
};

const batchToSpace: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const block = listAttribute(attributes, 'blockShape');
  const crops = attributes.crops as number[][];
  const extents = [...x.shape];
  const split = blocks.getReshaped(extents, block, sizeOf(block));
  const moved = graph.transpose(graph.reshape(x, split), blocks.getPermuted(split.length, block.length));
  const whole = blocks.getReshapedPermuted(extents, block, sizeOf(block));
  // tfjs leaves out the axes behind the blocks.
  const begin = blocks.getSliceBeginCoords(crops, block.length);
  const size = blocks.getSliceSize(whole, crops, block.length);
  return graph.slice(
    graph.reshape(moved, whole),
    whole.map((_, axis) => begin[axis] ?? 0),
    whole.map((extent, axis) => size[axis] ?? extent),
  );
};

/** tfjs's cpu and wasm backends know channels-last images only. */
const depthToSpace: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const size = numberAttribute(attributes, 'blockSize');
  const [rows, height, width, channels] = x.shape;
  const depth = channels / (size * size);
  const split = graph.reshape(x, [rows, height, width, size, size, depth]);
  return graph.reshape(graph.transpose(split, [0, 1, 3, 2, 4, 5]), [rows, height * size, width * size, depth]);
};

/** Pads by reading back from the edge, with the edge itself (`symmetric`) or without (`reflect`). */
const mirrorPad: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const offset = attributes.mode === 'reflect' ? 0 : 1;
  return (attributes.paddings as [number, number][]).reduce((padded, [before, after], axis) => {
    if (before + after === 0) return padded;
    const extent = padded.shape[axis];
    const sources = Array.from({ length: before + extent + after }, (_, i) => {
      const place = i - before;
      if (place < 0) return -place - offset;
      return place < extent ? place : 2 * (extent - 1) - place + offset;
    });
    return graph.emit(
      'Gather',
      [padded, graph.integers(sources)],
      padded.shape.with(axis, sources.length),
      padded.type,
      { axis },
    );
  }, x);
};

const stridedSlice: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const list = (name: string): number[] => listAttribute(attributes, name);
  const mask = (name: string): number => numberAttribute(attributes, name);
  const { begin, end, strides, finalShape, finalShapeSparse } = tf.slice_util.sliceInfo(
    [...x.shape],
    list('begin'),
    list('end'),
    list('strides'),
    mask('beginMask'),
    mask('endMask'),
    mask('ellipsisMask'),
    mask('newAxisMask'),
    mask('shrinkAxisMask'),
  );
  if (sizeOf(finalShape) === 0) throw new Error('StridedSlice of nothing is not mapped');
  // Going backward, the place before the first is a negative number, which ONNX would count from the end.
  const ends = end.map((place, axis) => (strides[axis] < 0 && place < 0 ? -x.shape[axis] - 1 : place));
  const extents = begin.map((start, axis) => Math.ceil((end[axis] - start) / strides[axis]));
  const axes = begin.map((_, axis) => axis);
  const sliced = graph.emit(
    'Slice',
    [x, ...[begin, ends, axes, strides].map((numbers) => graph.integers(numbers))],
    extents,
    x.type,
  );
  return graph.reshape(sliced, sizeOf(finalShapeSparse) === sizeOf(finalShape) ? finalShape : finalShapeSparse);
};

export const rearrangements: KernelTable = {
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  MirrorPad: mirrorPad,
  StridedSlice: stridedSlice,
  FlipLeftRight: ({ graph, inputs: { image } }) =>
    graph.emit(
      'Slice',
      [image, ...[[-1], [-image.shape[2] - 1], [2], [-1]].map((numbers) => graph.integers(numbers))],
      image.shape,
      image.type,
    ),
};

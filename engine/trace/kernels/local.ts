import { numberAttribute, type Kernel, type KernelAttributes, type KernelTable } from '../kernel.ts';
import { sizeOf } from '../../types.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../../onnx/graph.ts';

/** A constant matrix of a row and a column number. */
function matrix(
  graph: GraphBuilder,
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): Value {
  const data = Float32Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
  return graph.constant(data, [rows, columns], 'float32');
}

/** Σ over the channels up to `radius` away, by a product with a band of ones. */
function neighbours(graph: GraphBuilder, x: Value, radius: number): Value {
  const channels = x.shape.at(-1)!;
  const band = matrix(graph, channels, channels, (row, column) => (Math.abs(row - column) <= radius ? 1 : 0));
  return graph.emit('MatMul', [x, band], x.shape);
}

/** bias + α Σ x² over neighbouring channels: what response normalisation raises to −β. */
function spread(graph: GraphBuilder, x: Value, attributes: KernelAttributes): Value {
  const sums = neighbours(graph, graph.binary('Mul', x, x), numberAttribute(attributes, 'depthRadius'));
  const scaled = graph.binary('Mul', sums, graph.scalar(numberAttribute(attributes, 'alpha')));
  return graph.binary('Add', scaled, graph.scalar(numberAttribute(attributes, 'bias')));
}

const responseNorm: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const power = graph.scalar(-numberAttribute(attributes, 'beta'));
  return graph.binary('Mul', x, graph.binary('Pow', spread(graph, x, attributes), power));
};

/** dx = dy·N^−β − 2αβ·x·Σ dy·y/N. */
const responseNormGrad: Kernel = ({ graph, inputs: { x, y, dy }, attributes }) => {
  const [radius, alpha, beta] = ['depthRadius', 'alpha', 'beta'].map((name) => numberAttribute(attributes, name));
  const norm = spread(graph, x, attributes);
  const direct = graph.binary('Mul', dy, graph.binary('Pow', norm, graph.scalar(-beta)));
  const shares = neighbours(graph, graph.binary('Div', graph.binary('Mul', dy, y), norm), radius);
  return graph.binary(
    'Sub',
    direct,
    graph.binary('Mul', graph.binary('Mul', x, shares), graph.scalar(2 * alpha * beta)),
  );
};

/** How much of each of `from` pixels is in each of `to`: rows of the matrix that resizes one axis. */
type Weights = (from: number, to: number, attributes: KernelAttributes) => (row: number, column: number) => number;

function scaleOf(from: number, to: number, attributes: KernelAttributes): number {
  return attributes.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}

const bilinear: Weights = (from, to, attributes) => {
  const scale = scaleOf(from, to, attributes);
  return (row, column) => {
    const place = attributes.halfPixelCenters ? scale * (row + 0.5) - 0.5 : scale * row;
    const low = Math.max(0, Math.floor(place));
    const share = place - low;
    const high = Math.min(from - 1, Math.ceil(place));
    return (column === low ? 1 - share : 0) + (column === high ? share : 0);
  };
};

const nearest: Weights = (from, to, attributes) => {
  const scale = scaleOf(from, to, attributes);
  return (row, column) => {
    const place = scale * (attributes.halfPixelCenters ? row + 0.5 : row);
    const chosen = Math.min(from - 1, attributes.alignCorners ? Math.round(place) : Math.floor(place));
    return column === Math.max(0, chosen) ? 1 : 0;
  };
};

/** Applies a matrix to the height of images and one to their width. */
function resample(graph: GraphBuilder, images: Value, heights: Value, widths: Value): Value {
  const [rows, , width, channels] = images.shape;
  const [height, wide] = [heights.shape[0], widths.shape[0]];
  const columns = graph.reshape(images, [rows, images.shape[1], width * channels]);
  const tall = graph.emit('MatMul', [heights, columns], [rows, height, width * channels]);
  const lines = graph.reshape(tall, [rows * height, width, channels]);
  const resized = graph.emit('MatMul', [widths, lines], [rows * height, wide, channels]);
  return graph.reshape(resized, [rows, height, wide, channels]);
}

const resize =
  (weights: Weights): Kernel =>
  ({ graph, inputs: { images }, attributes }) => {
    const [height, width] = attributes.size as [number, number];
    const axes = [
      [images.shape[1], height],
      [images.shape[2], width],
    ].map(([from, to]) => matrix(graph, to, from, weights(from, to, attributes)));
    return resample(graph, graph.cast(images, 'float32'), axes[0], axes[1]);
  };

/** The gradient goes back through the transposed matrices. */
const resizeGrad =
  (weights: Weights): Kernel =>
  ({ graph, inputs: { images, dy }, attributes }) => {
    const axes = [1, 2].map((axis) => {
      const [from, to] = [images.shape[axis], dy.shape[axis]];
      const at = weights(from, to, attributes);
      return matrix(graph, from, to, (row, column) => at(column, row));
    });
    return sizeOf(dy.shape) === 0 ? dy : resample(graph, dy, axes[0], axes[1]);
  };

export const localOperations: KernelTable = {
  LRN: responseNorm,
  LRNGrad: responseNormGrad,
  ResizeBilinear: resize(bilinear),
  ResizeBilinearGrad: resizeGrad(bilinear),
  ResizeNearestNeighbor: resize(nearest),
  ResizeNearestNeighborGrad: resizeGrad(nearest),
};

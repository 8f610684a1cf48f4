import { tf } from '../../tf.ts';
import type { Shape } from '../../types.ts';
import type { KernelAttributes } from '../kernel.ts';
import { channelsFirst } from '../view.ts';

type Padding = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
type Rounding = Parameters<typeof tf.backend_util.computeConv2DInfo>[5];
type Extents4 = [number, number, number, number];

/** Where the axes of an image lie in ONNX: rows, channels, height, width. */
export function imageOrder(attributes: KernelAttributes): readonly number[] | null {
  return attributes.dataFormat === 'NCHW' ? null : channelsFirst;
}

/** A convolution or pooling in numbers, and in the attributes that ONNX has for it. */
export interface Geometry {
  readonly rows: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** [height, width] */
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right: ONNX's order. */
  readonly pads: readonly [number, number, number, number];
}

/**
 * @param inputShape of the image, in the layout that `attributes.dataFormat` names
 * @param filterShape height, width, input channels, output channels (or, depthwise, outputs of each input channel)
 */
export function convolutionGeometry(
  inputShape: Shape,
  filterShape: Shape,
  attributes: KernelAttributes,
  depthwise = false,
): Geometry {
  return geometryOf(
    tf.backend_util.computeConv2DInfo(
      inputShape as Extents4,
      filterShape as Extents4,
      attributes.strides as number,
      (attributes.dilations ?? 1) as number,
      attributes.pad as Padding,
      attributes.dimRoundingMode as Rounding,
      depthwise,
      attributes.dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast',
    ),
  );
}

export function poolingGeometry(inputShape: Shape, attributes: KernelAttributes): Geometry {
  return geometryOf(
    tf.backend_util.computePool2DInfo(
      inputShape as Extents4,
      attributes.filterSize as number,
      attributes.strides as number,
      1,
      attributes.pad as Padding,
      attributes.dimRoundingMode as Rounding,
    ),
  );
}

function geometryOf(info: ReturnType<typeof tf.backend_util.computeConv2DInfo>): Geometry {
  const { top, left, bottom, right } = info.padInfo;
  return {
    rows: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
}

/** The shape of an image in ONNX's order. */
export function imageShape(rows: number, channels: number, [height, width]: readonly [number, number]): Shape {
  return [rows, channels, height, width];
}

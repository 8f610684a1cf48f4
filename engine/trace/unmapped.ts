const complex = 'complex numbers: no tensor of a program is complex';
const volumes = 'volumes: data are vectors and images';
const text = 'strings: no tensor of a program holds text';
const ragged = 'the shape of its result depends on values';
const uncalled = 'no operation of tfjs 4.22 calls it';
const pixels = 'pictures on a screen';

/** Why a tfjs kernel has no mapping, in a few words that end an error and stand in docs/engine.md. */
export const unmapped: Readonly<Record<string, string>> = {
  AvgPool3D: volumes,
  AvgPool3DGrad: volumes,
  BroadcastArgs: 'shapes are static here: broadcast them in plain code',
  BroadcastTo: `${uncalled}: tf.broadcastTo is a Tile`,
  Complex: complex,
  ComplexAbs: complex,
  Conv3D: volumes,
  Conv3DBackpropFilterV2: volumes,
  Conv3DBackpropInputV2: volumes,
  CropAndResize: 'which pixels it reads depends on values; crop before the program runs',
  Dilation2D: 'morphology is no part of a network here',
  Dilation2DBackpropFilter: 'morphology is no part of a network here',
  Dilation2DBackpropInput: 'morphology is no part of a network here',
  Draw: pixels,
  FFT: complex,
  FromPixels: pixels,
  IFFT: complex,
  Imag: complex,
  LowerBound: `${uncalled}: tf.lowerBound is a SearchSorted`,
  MatrixBandPart: uncalled,
  MaxPool3D: volumes,
  MaxPool3DGrad: volumes,
  MaxPoolWithArgmax: 'ONNX counts places in another order; MaxPool has the values',
  Multinomial: 'programs draw no random numbers: draw outside and pass them in',
  NonMaxSuppressionV3: ragged,
  NonMaxSuppressionV4: ragged,
  NonMaxSuppressionV5: ragged,
  Pool: uncalled,
  RaggedGather: ragged,
  RaggedRange: ragged,
  RaggedTensorToTensor: ragged,
  Real: complex,
  RotateWithOffset: 'rotate before the program runs',
  SparseFillEmptyRows: ragged,
  SparseReshape: ragged,
  SparseSegmentMean: ragged,
  SparseSegmentSum: ragged,
  StaticRegexReplace: text,
  StringNGrams: text,
  StringSplit: text,
  StringToHashBucketFast: text,
  Transform: 'transform before the program runs',
  Unique: ragged,
  UpperBound: `${uncalled}: tf.upperBound is a SearchSorted`,
};

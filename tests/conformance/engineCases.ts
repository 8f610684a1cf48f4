import { createRng } from '../../base/index.ts';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import type { Shape } from '../../engine/index.ts';

/** One operation on some shapes, run on every engine and compared with tfjs's own `cpu` backend, forward and gradient. */
export interface EngineCase {
  readonly name: string;
  /** Float inputs; each is differentiated unless `gradient` is false. */
  readonly shapes: readonly Shape[];
  readonly fn: (...tensors: Tensor[]) => Tensor;
  readonly gradient?: boolean;
  /** Inputs are drawn from this range instead of [-2, 2). */
  readonly range?: readonly [number, number];
}

const rng = createRng('engine cases');

/** Random shapes of rank 1 to 4 with extents 1 to 6, each with one that broadcasts to it. */
const randomShapes: readonly (readonly [Shape, Shape])[] = Array.from({ length: 4 }, () => {
  const shape = Array.from({ length: 1 + rng.integer(4) }, () => 1 + rng.integer(6));
  const tail = shape.slice(rng.integer(shape.length));
  return [shape, tail.map((extent) => (rng.uniform() < 0.4 ? 1 : extent))] as const;
});

type Binary = (a: Tensor, b: Tensor) => Tensor;
type Unary = (x: Tensor) => Tensor;

const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 4],
    [3, 1],
  ],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [[5], []],
  [[1], [1]],
  [
    [1, 1],
    [7, 3],
  ],
  ...randomShapes,
];

/** tfjs differentiates maximum, minimum and squaredDifference wrongly when they broadcast: it does not sum over the broadcast axes. */
const binary: Record<string, { fn: Binary; gradient?: boolean | 'equal shapes'; range?: readonly [number, number] }> = {
  add: { fn: tf.add },
  sub: { fn: tf.sub },
  mul: { fn: tf.mul },
  div: { fn: tf.div, range: [0.5, 2] },
  maximum: { fn: tf.maximum, gradient: 'equal shapes' },
  minimum: { fn: tf.minimum, gradient: 'equal shapes' },
  squaredDifference: { fn: tf.squaredDifference, gradient: 'equal shapes' },
  pow: { fn: tf.pow, range: [0.5, 2] },
  floorDiv: { fn: tf.floorDiv, gradient: false, range: [0.5, 9] },
  greater: { fn: (a, b) => tf.cast(tf.greater(a, b), 'float32'), gradient: false },
  greaterEqual: { fn: (a, b) => tf.cast(tf.greaterEqual(a, b), 'float32'), gradient: false },
  less: { fn: (a, b) => tf.cast(tf.less(a, b), 'float32'), gradient: false },
  lessEqual: { fn: (a, b) => tf.cast(tf.lessEqual(a, b), 'float32'), gradient: false },
  equal: { fn: (a, b) => tf.cast(tf.equal(tf.round(a), tf.round(b)), 'float32'), gradient: false },
  notEqual: { fn: (a, b) => tf.cast(tf.notEqual(tf.round(a), tf.round(b)), 'int32'), gradient: false },
  logicalAnd: { fn: (a, b) => tf.cast(tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)), 'float32'), gradient: false },
  logicalOr: {
    fn: (a, b) => tf.cast(tf.logicalOr(tf.greater(a, 0), tf.logicalNot(tf.greater(b, 0))), 'float32'),
    gradient: false,
  },
};

const unary: Record<string, { fn: Unary; gradient?: boolean; range?: readonly [number, number] }> = {
  abs: { fn: tf.abs },
  neg: { fn: tf.neg },
  sign: { fn: tf.sign, gradient: false },
  exp: { fn: tf.exp },
  expm1: { fn: tf.expm1 },
  log: { fn: tf.log, range: [0.2, 3] },
  log1p: { fn: tf.log1p, range: [-0.5, 3] },
  sqrt: { fn: tf.sqrt, range: [0.2, 3] },
  rsqrt: { fn: tf.rsqrt, range: [0.2, 3] },
  square: { fn: tf.square },
  reciprocal: { fn: tf.reciprocal, range: [0.5, 2] },
  floor: { fn: tf.floor, gradient: false },
  ceil: { fn: tf.ceil, gradient: false },
  round: { fn: tf.round, gradient: false },
  sin: { fn: tf.sin },
  cos: { fn: tf.cos },
  tanh: { fn: tf.tanh },
  sigmoid: { fn: tf.sigmoid },
  softplus: { fn: tf.softplus },
  erf: { fn: tf.erf },
  relu: { fn: tf.relu },
  relu6: { fn: (x) => tf.relu6(tf.mul(x, 5)) },
  elu: { fn: tf.elu },
  leakyRelu: { fn: (x) => tf.leakyRelu(x, 0.1) },
  step: { fn: (x) => tf.step(x, 0.25), gradient: false },
  clip: { fn: (x) => tf.clipByValue(x, -0.7, 0.9) },
  isNaN: { fn: (x) => tf.cast(tf.isNaN(tf.log(x)), 'float32'), gradient: false },
  castRoundTrip: { fn: (x) => tf.cast(tf.cast(x, 'int32'), 'float32'), gradient: false },
  castBool: { fn: (x) => tf.cast(tf.cast(tf.round(x), 'bool'), 'float32'), gradient: false },
};

const unaryShapes: readonly Shape[] = [[], [1], [7], [3, 5], [2, 1, 3], ...randomShapes.map(([shape]) => shape)];

const index = (values: number[]): Tensor1D => tf.tensor1d(values, 'int32');

const others: readonly EngineCase[] = [
  { name: 'sum all', shapes: [[3, 4]], fn: (x) => tf.sum(x) },
  { name: 'sum axis 0', shapes: [[3, 4]], fn: (x) => tf.sum(x, 0) },
  { name: 'sum last axis, kept', shapes: [[2, 3, 4]], fn: (x) => tf.sum(x, -1, true) },
  { name: 'sum two axes', shapes: [[2, 3, 4]], fn: (x) => tf.sum(x, [0, 2]) },
  {
    name: 'sum of booleans',
    shapes: [[3, 4]],
    fn: (x) => tf.cast(tf.sum(tf.greater(x, 0), 1), 'float32'),
    gradient: false,
  },
  { name: 'sum of a scalar', shapes: [[]], fn: (x) => tf.sum(x) },
  { name: 'mean all', shapes: [[3, 4]], fn: (x) => tf.mean(x) },
  { name: 'mean axis', shapes: [[3, 4]], fn: (x) => tf.mean(x, 1, true) },
  { name: 'prod', shapes: [[3, 4]], fn: (x) => tf.prod(x, 1), gradient: false },
  { name: 'max', shapes: [[3, 4]], fn: (x) => tf.max(x, 1) },
  { name: 'max all', shapes: [[1, 1]], fn: (x) => tf.max(x) },
  { name: 'min', shapes: [[3, 4]], fn: (x) => tf.min(x, 0, true) },
  {
    name: 'all and any',
    shapes: [[3, 4]],
    fn: (x) =>
      tf.add(tf.cast(tf.all(tf.greater(x, -1), 1), 'float32'), tf.cast(tf.any(tf.greater(x, 1), 1), 'float32')),
    gradient: false,
  },
  { name: 'argMax', shapes: [[5, 7]], fn: (x) => tf.cast(tf.argMax(x, 1), 'float32'), gradient: false },
  { name: 'argMin', shapes: [[5, 7]], fn: (x) => tf.cast(tf.argMin(x, 0), 'float32'), gradient: false },
  { name: 'cumsum', shapes: [[3, 4]], fn: (x) => tf.cumsum(x, 1) },
  { name: 'softmax', shapes: [[3, 5]], fn: (x) => tf.softmax(x as Tensor2D) },
  { name: 'logSoftmax', shapes: [[3, 5]], fn: (x) => tf.logSoftmax(x as Tensor2D) },
  { name: 'logSoftmax of one output', shapes: [[4, 1]], fn: (x) => tf.logSoftmax(x as Tensor2D) },
  { name: 'logSumExp', shapes: [[3, 5]], fn: (x) => tf.logSumExp(x, 1) },
  { name: 'norm', shapes: [[3, 5]], fn: (x) => tf.norm(x, 2, 1) },
  { name: 'reshape', shapes: [[3, 4]], fn: (x) => tf.reshape(x, [2, -1]) },
  { name: 'expandDims and squeeze', shapes: [[3, 1, 4]], fn: (x) => tf.expandDims(tf.squeeze(x, [1]), -1) },
  { name: 'transpose', shapes: [[2, 3, 4]], fn: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'tile of ones', shapes: [[1, 3]], fn: (x) => tf.tile(x, [4, 1]) },
  { name: 'tile', shapes: [[2, 3]], fn: (x) => tf.tile(x, [2, 3]) },
  { name: 'slice', shapes: [[4, 5]], fn: (x) => tf.slice(x, [1, 2], [2, -1]) },
  { name: 'slice of rows', shapes: [[4, 5]], fn: (x) => tf.slice(x, 1, 2) },
  {
    name: 'split',
    shapes: [[4, 6]],
    fn: (x) => tf.mul(tf.split(x, 2, 1)[0], tf.split(x, [2, 4], 1)[1].slice([0, 0], [4, 3])),
  },
  {
    name: 'concat',
    shapes: [
      [2, 3],
      [4, 3],
    ],
    fn: (a, b) => tf.concat([a, b], 0),
  },
  {
    name: 'stack',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    fn: (a, b) => tf.stack([a, b], 1),
  },
  { name: 'unstack', shapes: [[2, 3]], fn: (x) => tf.unstack(x, 1)[2] },
  {
    name: 'pad',
    shapes: [[2, 3]],
    fn: (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
  },
  { name: 'reverse', shapes: [[2, 3]], fn: (x) => tf.reverse(x, [1]) },
  {
    name: 'fill, zeros and ones',
    shapes: [[2, 3]],
    fn: (x) => tf.add(tf.mul(x, tf.fill([2, 3], 3)), tf.add(tf.onesLike(x), tf.zerosLike(x))),
  },
  {
    name: 'where',
    shapes: [
      [3, 4],
      [3, 4],
    ],
    fn: (a, b) => tf.where(tf.tensor2d([1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0], [3, 4], 'bool'), a, tf.mul(b, 2)),
  },
  { name: 'gather', shapes: [[5, 3]], fn: (x) => tf.gather(x, index([4, 0, 4, 2])) },
  { name: 'columns by gather', shapes: [[2, 5]], fn: (x) => tf.gather(x, index([1, 1, 3]), 1), gradient: false },
  { name: 'oneHot', shapes: [[4, 6]], fn: (x) => tf.mul(x, tf.oneHot(index([5, 0, 3, 3]), 6)) },
  {
    name: 'topk',
    shapes: [[3, 6]],
    fn: (x) => tf.add(tf.topk(x, 2).values, tf.cast(tf.topk(x, 2).indices, 'float32')),
    gradient: false,
  },
  {
    name: 'matMul',
    shapes: [
      [3, 4],
      [4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'matMul of vectors',
    shapes: [
      [1, 4],
      [4, 1],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'matMul transposed left',
    shapes: [
      [4, 3],
      [4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b, true),
  },
  {
    name: 'matMul transposed right',
    shapes: [
      [3, 4],
      [5, 4],
    ],
    fn: (a, b) => tf.matMul(a, b, false, true),
  },
  {
    name: 'matMul transposed both',
    shapes: [
      [4, 3],
      [5, 4],
    ],
    fn: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    name: 'batched matMul',
    shapes: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'batched matMul transposed',
    shapes: [
      [2, 4, 3],
      [2, 5, 4],
    ],
    fn: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    name: 'batched matMul, batch of one',
    shapes: [
      [1, 3, 4],
      [1, 4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  { name: 'product with bias', shapes: [[3, 4], [4, 5], [5]], fn: (a, b, c) => tf.add(tf.matMul(a, b), c) },
  {
    name: 'update by a product',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, p) => tf.sub(p, tf.mul(0.3, tf.matMul(a, b))),
  },
  {
    name: 'update by a product and a scalar input',
    shapes: [[3, 4], [4, 5], [3, 5], []],
    fn: (a, b, p, rate) => tf.sub(p, tf.mul(rate, tf.matMul(a, b))),
  },
  {
    name: 'product minus a matrix',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, p) => tf.sub(tf.matMul(a, b), tf.mul(p, 0.5)),
  },
  {
    name: 'momentum update',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, v) => tf.add(tf.mul(v, 0.9), tf.matMul(a, b)),
  },
  {
    name: 'sum of two products',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 2],
      [2, 5],
    ],
    fn: (a, b, c, d) => tf.add(tf.matMul(a, b), tf.matMul(c, d)),
  },
  {
    name: 'product used twice',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, p) => {
      const ab = tf.matMul(a, b);
      return tf.mul(tf.add(ab, p), ab);
    },
  },
];

/** Matrix products and reductions of random sizes, as nothing about them should depend on a size. */
const randomSizes: readonly EngineCase[] = Array.from({ length: 4 }, () => {
  const [m, k, n] = Array.from({ length: 3 }, () => 1 + rng.integer(40));
  return [
    {
      name: `matMul ${m}×${k}×${n}`,
      shapes: [
        [m, k],
        [k, n],
      ],
      fn: (a: Tensor, b: Tensor) => tf.matMul(a, b),
    },
    { name: `sum of rows ${m}×${k}`, shapes: [[m, k]], fn: (x: Tensor) => tf.sum(x, 1) },
    { name: `max of columns ${m}×${n}`, shapes: [[m, n]], fn: (x: Tensor) => tf.max(x, 0) },
    { name: `logSoftmax ${k}×${n}`, shapes: [[k, n]], fn: (x: Tensor) => tf.logSoftmax(x as Tensor2D) },
  ];
}).flat();

export const engineCases: readonly EngineCase[] = [
  ...randomSizes,
  ...Object.entries(binary).flatMap(([name, { fn, gradient, range }]) =>
    broadcasts.map(([a, b]) => ({
      name: `${name} ${a.join('×') || 'scalar'}, ${b.join('×') || 'scalar'}`,
      shapes: [a, b],
      fn: fn as EngineCase['fn'],
      gradient: gradient === 'equal shapes' ? a.join() === b.join() : gradient,
      range,
    })),
  ),
  ...Object.entries(unary).flatMap(([name, { fn, gradient, range }]) =>
    unaryShapes.map((shape) => ({
      name: `${name} ${shape.join('×') || 'scalar'}`,
      shapes: [shape],
      fn: fn as EngineCase['fn'],
      gradient,
      range,
    })),
  ),
  ...others,
];

import { tf, type Shape, type Tensor } from '../../../engine/index.ts';
import { randomShapes } from './random.ts';
import type { EngineCase, Range } from './types.ts';

type Binary = (a: Tensor, b: Tensor) => Tensor;
type Unary = (x: Tensor) => Tensor;

/** −1, 0 or 1; never −0. */
const thirds = (x: Tensor): Tensor =>
  tf.sub(tf.cast(tf.greater(x, 0.7), 'float32'), tf.cast(tf.less(x, -0.7), 'float32'));
const whole = (x: Tensor, scale: number): Tensor => tf.cast(tf.round(tf.mul(x, scale)), 'int32');

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
const binary: Record<string, { fn: Binary; gradient?: boolean | 'equal shapes'; range?: Range; shapes?: 'equal' }> = {
  add: { fn: tf.add },
  sub: { fn: tf.sub },
  mul: { fn: tf.mul },
  div: { fn: tf.div, range: [0.5, 2] },
  maximum: { fn: tf.maximum, gradient: 'equal shapes' },
  minimum: { fn: tf.minimum, gradient: 'equal shapes' },
  squaredDifference: { fn: tf.squaredDifference, gradient: 'equal shapes' },
  pow: { fn: tf.pow, range: [0.5, 2] },
  floorDiv: { fn: tf.floorDiv, gradient: false, range: [0.5, 9] },
  atan2: { fn: (a, b) => tf.atan2(a, b) },
  'atan2 on the axes': { fn: (a, b) => tf.atan2(thirds(a), thirds(b)), gradient: false },
  mod: { fn: tf.mod, gradient: 'equal shapes' },
  'mod of integers': {
    fn: (a, b) => tf.cast(tf.mod(whole(a, 9), tf.add(tf.mul(whole(b, 1), 2), tf.scalar(5, 'int32'))), 'float32'),
    gradient: false,
  },
  prelu: { fn: tf.prelu, gradient: 'equal shapes' },
  bitwiseAnd: {
    fn: (a, b) => tf.cast(tf.bitwiseAnd(tf.abs(whole(a, 9)), tf.abs(whole(b, 9))), 'float32'),
    gradient: false,
    shapes: 'equal',
  },
  logicalXor: { fn: (a, b) => tf.cast(tf.logicalXor(tf.greater(a, 0), tf.greater(b, 0)), 'float32'), gradient: false },
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

const unary: Record<string, { fn: Unary; gradient?: boolean; range?: Range }> = {
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
  acos: { fn: tf.acos, range: [-0.9, 0.9] },
  acosh: { fn: tf.acosh, range: [1.2, 4] },
  asin: { fn: tf.asin, range: [-0.9, 0.9] },
  asinh: { fn: tf.asinh },
  atan: { fn: tf.atan },
  atanh: { fn: tf.atanh, range: [-0.9, 0.9] },
  cosh: { fn: tf.cosh },
  sinh: { fn: tf.sinh },
  tan: { fn: tf.tan, range: [-1.2, 1.2] },
  selu: { fn: tf.selu },
  isInf: { fn: (x) => tf.cast(tf.isInf(tf.div(x, tf.round(x))), 'float32'), gradient: false },
  isFinite: { fn: (x) => tf.cast(tf.isFinite(tf.log(tf.round(x))), 'float32'), gradient: false },
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

export const elementwiseCases: readonly EngineCase[] = [
  ...Object.entries(binary).flatMap(([name, { fn, gradient, range, shapes }]) =>
    broadcasts
      .filter(([a, b]) => shapes !== 'equal' || a.join() === b.join())
      .map(([a, b]) => ({
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
];

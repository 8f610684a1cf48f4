import type { Rng } from '../../base/index.ts';
import {
  float32,
  int32,
  tf,
  type Arrays,
  type Specs,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { RowTensors } from './rows.ts';

/**
 * Which labels the Fisher information is taken over: `exact` sums over all competing outputs, weighted by the model's own probabilities (the
 * true Fisher information, of these rows); `sampled` draws one of them for each row by these probabilities, so that its mean over draws is the
 * exact one; `empirical` takes the labels of the data; `max-pred` the most probable output.
 */
export const fisherVariants = ['exact', 'sampled', 'empirical', 'max-pred'] as const;
export type FisherVariant = (typeof fisherVariants)[number];

const inWords: Readonly<Record<FisherVariant, string>> = {
  exact: 'exact, over all competing outputs, weighted by the model’s probabilities',
  sampled: 'sampled, over one label a row, drawn by the model’s probabilities',
  empirical: 'empirical, over the labels of the data',
  'max-pred': 'max-pred, over the most probable output of each row',
};

/** What a run's record says of it. @param samples rows at most */
export function fisherConvention(variant: FisherVariant, samples: number): string {
  return `Fisher information: ${inWords[variant]}; the mean over at most ${samples} training rows of the task of squares of single rows’ gradients`;
}

/** Outputs that one run of a program takes as labels: each is a backward pass of its own behind one forward pass. */
export const outputsAtOnce = 10;

/** A label for every row, and what it counts for: the row's own weight unless given. */
export interface Labelling {
  /** `[rows]` */
  readonly y: Tensor1D;
  /** `[rows]` */
  readonly weight?: Tensor1D;
}

/** How a program comes by its labels. */
export interface FisherLabels {
  /** What it is told beside its rows. */
  readonly specs: Specs;
  /** @param logits of the rows, the outputs that do not compete masked */
  choose(given: Tensors, rows: RowTensors, logits: () => Tensor2D): readonly Labelling[];
  /**
   * What to tell it of a chunk of rows, for one run after another.
   * @param count rows of the chunk that count
   */
  runs(competing: readonly number[], count: number, rng: Rng): Arrays[];
}

/**
 * @param rows of a run
 * @param outputs of a run, if all are taken
 */
export function fisherLabels(variant: FisherVariant, rows: number, outputs: number): FisherLabels {
  const nothing = { specs: {}, runs: () => [{}] };
  switch (variant) {
    case 'exact':
      return everyOutput(rows, outputs);
    case 'sampled':
      return {
        specs: { uniform: float32(rows) },
        choose: ({ uniform }, _, logits) => [{ y: drawLabels(tf.softmax(logits()), uniform as Tensor1D) }],
        runs: (_, count, rng) => [
          { uniform: Float32Array.from({ length: rows }, (_row, i) => (i < count ? belowOne(rng) : 0)) },
        ],
      };
    case 'empirical':
      return { ...nothing, choose: (_, { y }) => [{ y }] };
    case 'max-pred':
      return { ...nothing, choose: (_given, _rows, logits) => [{ y: tf.argMax(logits(), 1) }] };
  }
}

/** Every output in turn as the label of all rows, `atOnce` in a run; the last run is filled up with what counts for nothing. */
function everyOutput(rows: number, atOnce: number): FisherLabels {
  return {
    specs: { outputs: int32(atOnce), shares: float32(atOnce) },
    choose({ outputs, shares }, { weight }, logits) {
      const probabilities = tf.softmax(logits());
      return Array.from({ length: atOnce }, (_, i) => {
        const output = tf.slice(outputs as Tensor1D, i, 1);
        const probability: Tensor1D = tf.reshape(tf.gather(probabilities, output, 1), [rows]);
        return {
          y: tf.tile(output, [rows]),
          weight: tf.mul<Tensor1D>(tf.mul(weight, probability), tf.slice(shares, i, 1)),
        };
      });
    },
    runs: (competing) =>
      Array.from({ length: Math.ceil(competing.length / atOnce) }, (_, run) => {
        const part = competing.slice(run * atOnce, (run + 1) * atOnce);
        return {
          outputs: Int32Array.from({ length: atOnce }, (_unused, i) => part[i] ?? part[0]),
          shares: Float32Array.from({ length: atOnce }, (_unused, i) => Number(i < part.length)),
        };
      }),
  };
}

/**
 * `[rows]`, a label for each row: the first output at which the sum of probabilities exceeds u times the whole sum. An output without
 * probability is never drawn.
 * @param probabilities `[rows, outputs]`
 * @param uniform `[rows]`, u in [0, 1)
 */
export function drawLabels(probabilities: Tensor2D, uniform: Tensor1D): Tensor1D {
  const sums = tf.cumsum(probabilities, 1);
  const [rows, outputs] = probabilities.shape;
  const whole = tf.slice(sums, [0, outputs - 1], [rows, 1]);
  const passed = tf.lessEqual(sums, tf.mul(whole, tf.reshape(uniform, [rows, 1])));
  return tf.sum(tf.cast(passed, 'int32'), 1);
}

/** A uniform draw with 24 bits: as a 32-bit float it is below 1, too. */
function belowOne(rng: Rng): number {
  return Math.floor(rng.uniform() * 2 ** 24) / 2 ** 24;
}

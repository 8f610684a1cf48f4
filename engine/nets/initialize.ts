import type { Rng } from '../../base/index.ts';

/** Draws one number. */
export type Draw = (rng: Rng) => number;

/** What a weight connects: inputs × window, and outputs × window. */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** How weights and biases start. */
export interface Initializer {
  linear(fans: Fans): Draw;
  convolution(fans: Fans): Draw;
  bias(fans: Fans): Draw;
}

/** Uniform in [−bound, bound). */
export function uniform(bound: number): Draw {
  return (rng) => bound * (2 * rng.uniform() - 1);
}

export function normal(deviation: number): Draw {
  return (rng) => deviation * rng.normal();
}

export function constant(value: number): Draw {
  return () => value;
}

const pytorch = (fans: Fans): Draw => uniform(1 / Math.sqrt(fans.in));
const xavier = (fans: Fans): Draw => uniform(Math.sqrt(6 / (fans.in + fans.out)));

/**
 * `pytorch`: weights and biases uniform in ±1/√in, the default of PyTorch's layers (Kaiming's uniform with a = √5).
 * `kaiming` (arXiv:1502.01852): normal of deviation √(2/out) in convolutions and √(2/in) in linear layers, biases 0.
 * `xavier` (Glorot and Bengio 2010): uniform in ±√(6/(in + out)), biases 0.
 */
export const initializers = {
  pytorch: { linear: pytorch, convolution: pytorch, bias: pytorch },
  kaiming: {
    linear: (fans) => normal(Math.sqrt(2 / fans.in)),
    convolution: (fans) => normal(Math.sqrt(2 / fans.out)),
    bias: () => constant(0),
  },
  xavier: { linear: xavier, convolution: xavier, bias: () => constant(0) },
} as const satisfies Record<string, Initializer>;

export type InitializerName = keyof typeof initializers;

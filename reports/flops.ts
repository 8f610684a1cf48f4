import type { RunRecord } from '../logs/index.ts';

/** What a record says of operations of layers. */
export type RunFlops = NonNullable<NonNullable<RunRecord['cost']>['flops']>;
export type LayerFlops = RunFlops['layers'];

/** Forward, for the gradients of inputs and for those of weights. */
export function layerSum({ forward, inputGradient, weightGradient }: LayerFlops): number {
  return forward + inputGradient + weightGradient;
}

/** A unit of operations. */
export interface FlopUnit {
  readonly name: string;
  /** Operations in one. */
  readonly size: number;
}

const units: readonly FlopUnit[] = ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP', 'EFLOP'].map((name, i) => ({
  name,
  size: 1000 ** i,
}));

/** The largest unit in which the largest of some numbers of operations is 1 or more. */
export function flopUnit(values: readonly number[]): FlopUnit {
  const largest = Math.max(0, ...values);
  return units.findLast(({ size }) => size <= largest) ?? units[0];
}

/** Three significant digits, written out: 1250, 12.5, 0.0125. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(3));
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(decimals, 20));
}

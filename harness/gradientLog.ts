import type { GradientSizes } from '../methods/index.ts';

/** Keeps the sizes of gradients of the update at hand: of its first step, where a method makes several. */
export interface GradientLog {
  record(measured: GradientSizes): void;
  /** The columns of `steps.csv`, NaN where there is nothing to tell; afterwards it waits for the next update. */
  take(): Readonly<Record<GradientColumn, number>>;
}

type GradientColumn = 'gradient_l2' | 'gradient_l1' | 'plasticity_norm' | 'stability_norm' | 'gradient_cosine';

export function createGradientLog(): GradientLog {
  let first: GradientSizes | null = null;
  return {
    record(measured) {
      first ??= measured;
    },
    take() {
      const { l2 = NaN, l1 = NaN, sides } = first ?? {};
      first = null;
      return {
        gradient_l2: l2,
        gradient_l1: l1,
        plasticity_norm: sides?.plasticity ?? NaN,
        stability_norm: sides?.stability ?? NaN,
        gradient_cosine: sides?.cosine ?? NaN,
      };
    },
  };
}

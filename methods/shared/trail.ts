import type { LowRankChange, LowRankProduct } from '../../engine/index.ts';
import type { State, Trail } from '../contract.ts';

export interface TrailOptions {
  /** The layer that is followed, `[inputs, outputs]`. */
  readonly layer: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Its weights, and the optimiser state that goes with them. */
  readonly matrices: () => readonly Float32Array[];
  /** How many matrices there are. */
  readonly count: number;
}

/** The side of a trail on which steps are reported. */
export interface TrailRecorder {
  readonly trail: Trail;
  /** Adds what a step did; null where it is not known. The arrays are copied. */
  record(change: LowRankChange | null): void;
  /** What happened is not known: matrices were written to. */
  forget(): void;
}

interface Block {
  readonly rows: number;
  /** First of its rows in the common arrays. */
  readonly start: number;
  readonly scales: readonly number[];
}

/**
 * Adds up low-rank changes. With S′ = M·S + Σ c·AᵀB so far, a further change S″ = M₁·S′ + Σ c₁·A₁ᵀB₁ makes
 * S″ = (M₁·M)·S + Σ (M₁·c)·AᵀB + Σ c₁·A₁ᵀB₁: factors are kept as they came, only their coefficients change.
 */
export function createTrail({ layer, inputs, outputs, matrices, count }: TrailOptions): TrailRecorder {
  // Beyond this the factors are no smaller than the matrix.
  const capacity = Math.floor((inputs * outputs) / (inputs + outputs));
  const identity = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_unused, j) => Number(i === j)),
  );
  let known = false;
  let reader: object | null = null;
  let mix: readonly (readonly number[])[] = identity;
  let blocks: Block[] = [];
  let rank = 0;
  let lefts: Float32Array | null = null;
  let rights: Float32Array | null = null;

  const times = (matrix: LowRankChange['mix'], vector: readonly number[]): number[] =>
    matrix.map((row) => row.reduce((sum, value, j) => sum + value * vector[j], 0));
  const start = (): void => {
    known = true;
    mix = identity;
    blocks = [];
    rank = 0;
  };
  const changeSoFar = (): LowRankChange => ({
    mix,
    products: blocks.map(({ rows, start: from, scales }) => ({
      rows,
      left: lefts!.subarray(from * inputs, (from + rows) * inputs),
      right: rights!.subarray(from * outputs, (from + rows) * outputs),
      scales,
    })),
  });
  const forget = (): void => {
    known = false;
  };
  const append = (products: readonly LowRankProduct[]): void => {
    lefts ??= new Float32Array(capacity * inputs);
    rights ??= new Float32Array(capacity * outputs);
    for (const { rows, left, right, scales } of products) {
      lefts.set(left, rank * inputs);
      rights.set(right, rank * outputs);
      blocks.push({ rows, start: rank, scales });
      rank += rows;
    }
  };
  const record = (change: LowRankChange | null): void => {
    if (!known) return;
    // A product that does not count, such as that of a projection that did not take place, takes no room.
    const products = change?.products.filter(({ scales }) => scales.some((scale) => scale !== 0)) ?? [];
    if (!change || products.reduce((sum, { rows }) => sum + rows, rank) > capacity) return forget();
    const before = mix;
    mix = change.mix.map((row) => before.map((_, j) => row.reduce((sum, value, k) => sum + value * before[k][j], 0)));
    blocks = blocks.map((block) => ({ ...block, scales: times(change.mix, block.scales) }));
    append(products);
  };

  return {
    record,
    forget,
    trail: {
      layer,
      inputs,
      outputs,
      matrices,
      take(by) {
        const change = known && reader === by ? changeSoFar() : null;
        reader = by;
        start();
        return change;
      },
      state: (by) => (known && reader === by ? { ...changeSoFar() } : null) as State | null,
      restore(state, by) {
        reader = by;
        start();
        if (!state) return forget();
        const change = state as unknown as LowRankChange;
        mix = change.mix;
        append(change.products);
      },
    },
  };
}

import { sizeOf, type WeightLayer } from '../../../engine/index.ts';

export const distributions = ['erk', 'uniform'] as const;
export type Distribution = (typeof distributions)[number];

/**
 * The density (share of non-zero weights) of each layer so that all together hold `density` of the weights.
 * `uniform`: the same everywhere. `erk` (Erdős–Rényi with kernels; SET, arXiv:1707.04780, and RigL, arXiv:1911.11134): proportional to
 * (in + out + height + width) / (in·out·height·width), without the kernel's extents in linear layers, so that small layers stay denser; a
 * layer that would exceed 1 is dense and the rest solved again.
 * @param density in (0, 1]
 */
export function layerDensities(layers: readonly WeightLayer[], density: number, distribution: Distribution): number[] {
  if (distribution === 'uniform') return layers.map(() => density);
  const extents = layers.map(({ inputs, outputs, kernel = [] }) => [inputs, outputs, ...kernel]);
  const sizes = extents.map(sizeOf);
  const raw = extents.map((each, i) => each.reduce((sum, extent) => sum + extent, 0) / sizes[i]);
  const dense = new Set<number>();
  for (;;) {
    // Σ over sparse layers of ε·raw·size must be what the dense layers leave of the budget.
    const budget = sizes.reduce((sum, size, i) => sum + (dense.has(i) ? (density - 1) * size : density * size), 0);
    const weight = sizes.reduce((sum, size, i) => sum + (dense.has(i) ? 0 : raw[i] * size), 0);
    const epsilon = budget / weight;
    const full = raw.findIndex(
      (value, i) => !dense.has(i) && value === Math.max(...raw.filter((_, j) => !dense.has(j))) && epsilon * value > 1,
    );
    if (full < 0) return raw.map((value, i) => (dense.has(i) ? 1 : epsilon * value));
    dense.add(full);
  }
}

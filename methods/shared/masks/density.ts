import { sizeOf, type WeightLayer } from '../../../engine/index.ts';

/**
 * How the density (share of non-zero weights) is spread over layers. `uniform`: the same everywhere; `uniform-first-dense`: the same but for the
 * first layer, which stays dense, as in RigL's experiments, so that the whole is a little denser; `er` (Erdős–Rényi; SET, arXiv:1707.04780):
 * proportional to (in + out) / (in·out); `erk` (with kernels; RigL, arXiv:1911.11134): proportional to
 * (in + out + height + width) / (in·out·height·width) in convolutions, and as `er` in linear layers.
 */
export const distributions = ['erk', 'er', 'uniform', 'uniform-first-dense'] as const;
export type Distribution = (typeof distributions)[number];

/**
 * The density of each layer. With `er` and `erk` small layers stay denser; a layer that would exceed 1 is dense and the rest solved again, so that
 * all together hold `density` of the weights.
 * @param density in (0, 1]
 */
export function layerDensities(layers: readonly WeightLayer[], density: number, distribution: Distribution): number[] {
  if (distribution === 'uniform') return layers.map(() => density);
  if (distribution === 'uniform-first-dense') return layers.map((_, i) => (i === 0 ? 1 : density));
  const sizes = layers.map(({ inputs, outputs, kernel = [] }) => sizeOf([inputs, outputs, ...kernel]));
  const raw = layers.map(({ inputs, outputs, kernel = [] }, i) => {
    if (distribution === 'er') return (inputs + outputs) / (inputs * outputs);
    return [inputs, outputs, ...kernel].reduce((sum, extent) => sum + extent, 0) / sizes[i];
  });
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

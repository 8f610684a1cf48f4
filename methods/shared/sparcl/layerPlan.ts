import { UserError } from '../../../base/index.ts';
import { sizeOf, type Network, type WeightLayer } from '../../../engine/index.ts';
import type { distributions } from '../masks/density.ts';
import { activeCounts } from '../masks/layerMasks.ts';

export interface LayerPlanOptions {
  /** Share of the covered weights that are zero. */
  readonly sparsity: number;
  /** How the density is spread; `uniform-inner`: see `innerLayers`. */
  readonly distribution: (typeof distributions)[number] | 'uniform-inner';
  /** Share of a layer's weights by which it is larger from a task's start to its first mask update. */
  readonly interShare: number;
  /** Share of a layer's weights that is replaced at every mask update. */
  readonly intraShare: number;
  /** Share of the covered weights whose gradient is not used; null: by `defaultGradientSparsity`. */
  readonly gradientSparsity: number | null;
}

/** Numbers of weights of one layer. */
export interface LayerPlan {
  readonly size: number;
  /** Active as a rule. */
  readonly active: number;
  /** Active from a task's start to its first mask update. */
  readonly expanded: number;
  /** Active between the two halves of a mask update. */
  readonly shrunk: number;
  /** Those whose gradient is used. */
  readonly gradients: number;
}

/** A fifth of the active weights left out, 0.80 at a sparsity of 0.75. */
export const defaultGradientSparsity = (sparsity: number): number => sparsity + (1 - sparsity) / 5;

/**
 * What is planned for each layer that masks cover, by weight name. Of a layer with the share d of the whole's density the gradients of the share
 * (1 − g)/(1 − s) of its active weights are used: (1 − g) of all entries where the layers are as dense as one another. Layers without an inactive
 * weight neither grow nor shrink.
 * @throws {UserError} if a layer would be left without a weight, or there is no layer to cover
 */
export function planLayers(method: string, network: Network, options: LayerPlanOptions): Record<string, LayerPlan> {
  const { sparsity, distribution, interShare, intraShare } = options;
  const inner = distribution === 'uniform-inner';
  const layers = inner ? innerLayers(network.layers) : network.layers;
  if (layers.length === 0)
    throw new UserError(
      `method ${method}: distribution: uniform-inner leaves the first and the last layer dense, and ${network.name} has no other ones with a window larger than 1 × 1; choose uniform`,
    );
  const counts = activeCounts(
    method,
    { ...network, layers },
    { sparsity, distribution: inner ? 'uniform' : distribution },
  );
  const used = (1 - (options.gradientSparsity ?? defaultGradientSparsity(sparsity))) / (1 - sparsity);
  return Object.fromEntries(
    Object.entries(counts).map(([name, active]) => {
      const size = sizeOf(network.parameters[name].shape);
      const fixed = active === size;
      return [
        name,
        {
          size,
          active,
          expanded: fixed ? active : Math.min(size, active + Math.round(interShare * size)),
          shrunk: fixed ? active : Math.max(1, active - Math.round(intraShare * size)),
          gradients: Math.max(1, Math.min(active, Math.round(used * active))),
        },
      ];
    }),
  );
}

/** All layers but the first, the last, and convolutions of 1 × 1 as shortcuts have them: what the code of SparCL masks of a ResNet-18. */
function innerLayers(layers: readonly WeightLayer[]): WeightLayer[] {
  return layers.slice(1, -1).filter(({ kernel }) => !kernel || kernel[0] * kernel[1] > 1);
}

import type { Network } from './network.ts';
import { convolutionPart } from './parts/convolution.ts';
import { resnet, type ResnetOptions } from './resnet.ts';

/**
 * ResNet-18 for small images (32 × 32 as it was published), as the continual-learning literature uses it: 3 × 3 stem without pooling, four
 * stages of two blocks, shortcuts by a 1 × 1 convolution with norm where the shape changes (option B). 64 filters unless given; starts
 * as PyTorch's layers do, as in the code of GEM and mammoth.
 * @throws {UserError} if the images are smaller than 8 × 8
 */
export function resnet18({
  inputShape,
  outputs,
  filters = 64,
  norm = 'batch',
  head = 'linear',
  initializer = 'pytorch',
}: ResnetOptions): Network {
  return resnet({
    name: filters === slimFilters ? 'resnet18-slim' : 'resnet18',
    inputShape,
    outputs,
    filters,
    norm,
    head,
    initializer,
    blocks: [2, 2, 2, 2],
    shortcut: ({ name, ...block }) => convolutionPart({ name: `${name}/shortcut`, kernel: 1, ...block }),
  });
}

/** Filters of the slim ResNet-18 of GEM (arXiv:1706.08840). */
const slimFilters = 20;

/** ResNet-18 with 20 filters, as in GEM (arXiv:1706.08840). */
export function slimResnet18(options: Omit<ResnetOptions, 'filters'>): Network {
  return resnet18({ ...options, filters: slimFilters });
}

import type { KernelTable } from '../kernel.ts';
import { arithmetic } from './arithmetic.ts';
import { convolutions } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { fusedKernels } from './fused.ts';
import { indexing } from './indexing.ts';
import { linearAlgebra } from './linalg.ts';
import { localOperations } from './local.ts';
import { products } from './matmul.ts';
import { normalizations } from './normalization.ts';
import { poolings } from './pooling.ts';
import { rearrangements } from './rearrange.ts';
import { reductions } from './reduce.ts';
import { scattering } from './scatter.ts';
import { shapes } from './shape.ts';
import { trigonometry } from './trigonometry.ts';

/** Every tfjs kernel that can be traced, by its tfjs name. */
export const kernels: KernelTable = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...products,
  ...indexing,
  ...convolutions,
  ...poolings,
  ...normalizations,
  ...arithmetic,
  ...trigonometry,
  ...scattering,
  ...rearrangements,
  ...linearAlgebra,
  ...localOperations,
  ...fusedKernels,
};

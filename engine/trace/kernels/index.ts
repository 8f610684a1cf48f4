import type { KernelTable } from '../kernel.ts';
import { convolutions } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { indexing } from './indexing.ts';
import { products } from './matmul.ts';
import { normalizations } from './normalization.ts';
import { poolings } from './pooling.ts';
import { reductions } from './reduce.ts';
import { shapes } from './shape.ts';

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
};

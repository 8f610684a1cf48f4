import { convolutionCases } from './cases/convolution.ts';
import { elementwiseCases } from './cases/elementwise.ts';
import { indexingCases } from './cases/indexing.ts';
import { localCases } from './cases/local.ts';
import { productCases } from './cases/products.ts';
import { randomSizes } from './cases/random.ts';
import { rearrangeCases } from './cases/rearrange.ts';
import { structureCases } from './cases/structure.ts';
import type { EngineCase } from './cases/types.ts';

export type { EngineCase };

export const engineCases: readonly EngineCase[] = [
  ...randomSizes,
  ...elementwiseCases,
  ...structureCases,
  ...productCases,
  ...indexingCases,
  ...rearrangeCases,
  ...localCases,
  ...convolutionCases,
];

import type { ImporterCase } from './case.ts';
import { avalancheCases } from './avalanche.ts';
import { facilCases } from './facil.ts';
import { l2loggerCases } from './l2logger.ts';
import { lmEvalCases } from './lmEval.ts';
import { mammothCases } from './mammoth.ts';
import { pycilCases } from './pycil.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [
  ...lmEvalCases,
  ...mammothCases,
  ...facilCases,
  ...pycilCases,
  ...l2loggerCases,
  ...avalancheCases,
];

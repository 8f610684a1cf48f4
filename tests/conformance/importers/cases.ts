import type { ImporterCase } from './case.ts';
import { facilCases } from './facil.ts';
import { lmEvalCases } from './lmEval.ts';
import { mammothCases } from './mammoth.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [...lmEvalCases, ...mammothCases, ...facilCases];

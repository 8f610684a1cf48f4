import type { ImporterCase } from './case.ts';
import { lmEvalCases } from './lmEval.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [...lmEvalCases];

import type { ImporterCase } from './case.ts';
import { lmEvalCases } from './lmEval.ts';
import { samplesCases } from './samples.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [...lmEvalCases, ...samplesCases];

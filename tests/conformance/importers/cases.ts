import type { ImporterCase } from './case.ts';
import { lmEvalCases } from './lmEval.ts';
import { matrixCases } from './matrix.ts';
import { stabgapCases } from './stabgap.ts';
import { tidyCases } from './tidy.ts';
import { wideCases } from './wide.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [
  ...stabgapCases,
  ...lmEvalCases,
  ...matrixCases,
  ...tidyCases,
  ...wideCases,
];

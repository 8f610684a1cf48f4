import type { ImporterCase } from './case.ts';
import { facilCases } from './facil.ts';
import { l2loggerCases } from './l2logger.ts';
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
import { mammothCases } from './mammoth.ts';
import { pycilCases } from './pycil.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [
  ...lmEvalCases,
  ...mammothCases,
  ...facilCases,
  ...pycilCases,
  ...l2loggerCases,
import { tensorboardCases } from './tensorboard.ts';
import { trainerStateCases } from './trainerState.ts';
import { wandbCases } from './wandb.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [
  ...lmEvalCases,
  ...trainerStateCases,
  ...tensorboardCases,
  ...wandbCases,
];
import { samplesCases } from './samples.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [...lmEvalCases, ...samplesCases];

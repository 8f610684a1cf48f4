import type { ImporterCase } from './case.ts';
import { avalancheCases } from './avalanche.ts';
import { facilCases } from './facil.ts';
import { l2loggerCases } from './l2logger.ts';
import { lmEvalCases } from './lmEval.ts';
import { mammothCases } from './mammoth.ts';
import { matrixCases } from './matrix.ts';
import { mlflowCases } from './mlflow.ts';
import { opencompassCases } from './opencompass.ts';
import { pycilCases } from './pycil.ts';
import { samplesCases } from './samples.ts';
import { stabgapCases } from './stabgap.ts';
import { tensorboardCases } from './tensorboard.ts';
import { tidyCases } from './tidy.ts';
import { trainerStateCases } from './trainerState.ts';
import { wandbCases } from './wandb.ts';
import { wideCases } from './wide.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [
  ...avalancheCases,
  ...facilCases,
  ...l2loggerCases,
  ...lmEvalCases,
  ...mammothCases,
  ...matrixCases,
  ...mlflowCases,
  ...opencompassCases,
  ...pycilCases,
  ...samplesCases,
  ...stabgapCases,
  ...tensorboardCases,
  ...tidyCases,
  ...trainerStateCases,
  ...wandbCases,
  ...wideCases,
];

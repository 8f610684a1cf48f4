import type { ImporterCase } from './case.ts';
import { lmEvalCases } from './lmEval.ts';
import { mlflowCases } from './mlflow.ts';
import { opencompassCases } from './opencompass.ts';
import { tensorboardCases } from './tensorboard.ts';
import { trainerStateCases } from './trainerState.ts';
import { wandbCases } from './wandb.ts';

/** Every importer has a case or more. */
export const importerCases: readonly ImporterCase[] = [
  ...lmEvalCases,
  ...trainerStateCases,
  ...tensorboardCases,
  ...wandbCases,
  ...mlflowCases,
  ...opencompassCases,
];

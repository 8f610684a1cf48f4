import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  executeRun,
  planRuns,
  resolveExperiment,
  type ExperimentOptions,
  type RunContext,
} from '../../harness/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

export const tables = ['accuracy.csv', 'loss.csv', 'matrix.csv', 'steps.csv'] as const;

/** A run of a few hundred updates that takes a second or two. */
export const small: ExperimentOptions = {
  stream: 'split-digits',
  methods: ['er'],
  hidden: [16],
  batch: 32,
  evaluateSubset: 40,
};

/** Executes the first run of an experiment in `folder`. */
export async function runOnce(
  options: ExperimentOptions,
  folder = temporaryFolder(),
  context: Partial<RunContext> = {},
) {
  const experiment = resolveExperiment({ ...small, ...options });
  const [plan] = planRuns(experiment);
  const record = await executeRun(experiment, plan, { folder, ...context });
  return { folder: join(folder, plan.name), record };
}

/** The content of a run's csv files, by name. */
export function readTables(folder: string): Record<string, string> {
  return Object.fromEntries(tables.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

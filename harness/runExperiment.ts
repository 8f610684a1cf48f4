import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, messageOf, writeFileAtomic } from '../base/index.ts';
import { datasetOf, prepareDataset } from '../benchmarks/index.ts';
import { readRunRecord, type RunRecord } from '../logs/index.ts';
import { planRuns, type Experiment, type RunPlan } from './experiment.ts';
import type { ExperimentOptions } from './experimentSchema.ts';
import { runPool, type PoolOptions, type RunOutcome } from './pool.ts';
import { hasRunRecord, writeRunRecord } from './record.ts';

export interface ExperimentContext extends PoolOptions {
  /** Told of files being fetched. */
  readonly onDownload?: (file: string, received: number, total: number) => void;
  /** Told which runs are complete already, before the others start. */
  readonly onKept?: (plans: readonly RunPlan[]) => void;
}

const fileName = 'experiment.json';

/**
 * Claims a folder for an experiment. The same experiment may come back to its folder: its complete runs are kept.
 * @throws {UserError} if the folder holds another experiment, or something else
 */
export function claimFolder(
  folder: string,
  experiment: Experiment,
  { overwrite = false }: { overwrite?: boolean } = {},
): void {
  const path = join(folder, fileName);
  if (existsSync(path) && !overwrite) {
    const differing = differences(readExperimentFile(folder), experiment);
    if (differing.length > 0)
      throw new UserError(
        `${folder} holds another experiment (it differs in: ${differing.join(', ')}); choose another --out, or replace it with --overwrite`,
      );
  } else if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new UserError(`${folder} is a file; choose another --out`);
  } else if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(path)) {
    throw new UserError(`${folder} is not empty and holds no experiment; choose another --out`);
  } else {
    // Only folders of runs are removed: whatever else a user keeps beside them stays.
    if (existsSync(folder))
      for (const entry of readdirSync(folder))
        if (hasRunRecord(join(folder, entry))) rmSync(join(folder, entry), { recursive: true });
    try {
      mkdirSync(folder, { recursive: true });
      writeFileAtomic(path, `${JSON.stringify(experiment, null, 2)}\n`);
    } catch (error) {
      throw new UserError(`${folder}: cannot be written: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** The content of a folder's `experiment.json`, unchecked: a recipe. @throws {UserError} if the folder holds no experiment */
export function readExperimentFile(folder: string): ExperimentOptions {
  const path = join(folder, fileName);
  if (!existsSync(path)) throw new UserError(`${folder} holds no experiment (there is no ${fileName} in it)`);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ExperimentOptions;
  } catch (error) {
    throw new UserError(`${path}: not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** Where files lie, which is no part of an experiment: one of the user's is told by its checksum. */
const placeKeys = new Set(['dataDir', 'csv', 'scheduleFile']);

/** The keys in which two experiments differ. */
function differences(a: ExperimentOptions, b: Experiment): string[] {
  const text = (value: unknown): string | undefined =>
    JSON.stringify(value, (key, inner: unknown) => (placeKeys.has(key) ? undefined : inner));
  return Object.keys({ ...a, ...b }).filter(
    (key) => !placeKeys.has(key) && text(a[key as keyof typeof a]) !== text(b[key as keyof Experiment]),
  );
}

/**
 * Executes all runs of an experiment that are not complete yet, in its claimed folder.
 * @returns how each of those ended, in the order they did
 */
export async function runExperiment(experiment: Experiment, options: ExperimentContext): Promise<RunOutcome[]> {
  const context = { ...options, dataDir: options.dataDir ?? experiment.dataDir };
  await fetchData(experiment, context);
  const plans = planRuns(experiment);
  const settled = plans.filter((plan) => isSettled(join(context.folder, plan.name)));
  if (settled.length > 0) context.onKept?.(settled);
  const outcomes = await runPool(
    experiment,
    plans.filter((plan) => !settled.includes(plan)),
    context,
  );
  for (const { plan, record, error } of outcomes)
    if (!record && error) markFailed(join(context.folder, plan.name), error);
  return outcomes;
}

/** Once, here: worker processes that all fetch the same file would get in each other's way. */
async function fetchData(experiment: Experiment, { dataDir, onDownload }: ExperimentContext): Promise<void> {
  const dataset = datasetOf(experiment.stream);
  if (dataset && dataset.downloadBytes > 0 && !dataDir) await prepareDataset(dataset.name, { onProgress: onDownload });
}

/** Complete, or diverged: running it again would end the same. */
function isSettled(folder: string): boolean {
  if (!hasRunRecord(folder)) return false;
  const { status } = readRunRecord(folder);
  return status === 'complete' || status === 'diverged';
}

/** A run whose process died left a record that says it is running. */
function markFailed(folder: string, reason: string): void {
  if (!hasRunRecord(folder)) return;
  const record: RunRecord = readRunRecord(folder);
  writeRunRecord(folder, { ...record, status: 'failed', reason, ended: new Date().toISOString() });
}

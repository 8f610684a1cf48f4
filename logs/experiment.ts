import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { UserError, messageOf } from '../base/index.ts';
import { readJson } from './json.ts';
import { readRun, type Run } from './run.ts';

/** An experiment folder: a configuration and its runs. */
export interface Experiment {
  /** The experiment's folder. */
  readonly path: string;
  /** `name` of the configuration, or else the folder's name. */
  readonly name: string;
  /** `experiment.json`. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** By method, in the order of the configuration's `methods`, then by seed. */
  readonly runs: readonly Run[];
  /** The run folders that are left out, each with the reason, one line a folder. */
  readonly problems: readonly string[];
}

/**
 * Reads an experiment folder: `experiment.json` and every folder in it that holds a `run.json` or an `accuracy.csv`.
 * Run folders that cannot be read, and a second folder of the same run (same method, seed and settings), are named in `problems`.
 * Throws a UserError if `experiment.json` is missing or malformed, or if no run can be read.
 */
export function readExperiment(folder: string): Experiment {
  const file = join(folder, 'experiment.json');
  if (!existsSync(file))
    throw new UserError(`${folder} is not an experiment: it holds no experiment.json; check the path`);
  const configuration = readJson(file, z.record(z.string(), z.unknown()));
  const { runs, problems } = readRuns(folder);
  if (runs.length === 0) {
    const why = problems.length === 0 ? 'it holds no run folder' : problems.join('; ');
    throw new UserError(`${folder} holds no readable run: ${why}; run the experiment first`);
  }
  const { name } = configuration;
  return {
    path: folder,
    name: typeof name === 'string' ? name : basename(resolve(folder)),
    configuration,
    runs: inOrder(runs, labelsOf(configuration)),
    problems,
  };
}

function readRuns(folder: string): { runs: Run[]; problems: string[] } {
  const runs = new Map<string, Run>();
  const problems: string[] = [];
  for (const path of runFolders(folder)) {
    try {
      const run = readRun(path);
      const { method, seed, stream, network, training, evaluation } = run.record;
      const key = JSON.stringify({ method, seed, stream, network, training, evaluation });
      const twin = runs.get(key);
      // Counting one seed twice would make the spread over seeds too small.
      if (twin)
        problems.push(`${path}: the same run as ${twin.path} (${method.label}, seed ${seed}); remove one of them`);
      else runs.set(key, run);
    } catch (error) {
      problems.push(error instanceof UserError ? error.message : `${path}: ${messageOf(error)}`);
    }
  }
  return { runs: [...runs.values()], problems };
}

function runFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .filter((path) => ['run.json', 'accuracy.csv'].some((file) => existsSync(join(path, file))))
    .toSorted();
}

const methodsSchema = z.array(z.looseObject({ label: z.string() }));

function labelsOf({ methods }: Record<string, unknown>): string[] {
  return (methodsSchema.safeParse(methods).data ?? []).map(({ label }) => label);
}

/** Labels that are not listed come last, by name. */
function inOrder(runs: readonly Run[], labels: readonly string[]): Run[] {
  const rank = ({ record }: Run): number => {
    const index = labels.indexOf(record.method.label);
    return index === -1 ? labels.length : index;
  };
  return runs.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      Number(a.record.method.label > b.record.method.label) - Number(a.record.method.label < b.record.method.label) ||
      a.record.seed - b.record.seed,
  );
}

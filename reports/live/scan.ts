import { existsSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';

/** A run that there is, or that an experiment plans. */
export interface Found {
  /** Its path below the folder that is followed, with `/`; the folder's own name if it is the run. */
  readonly run: string;
  readonly folder: string;
  readonly experiment: string;
  /** As `experiment.json` tells; null where it does not. */
  readonly method: string | null;
  readonly seed: number | null;
}

/** More are not followed: a page of them would tell nobody anything. */
const mostRuns = 1000;

const planSchema = z.looseObject({
  name: z.string().optional(),
  methods: z.array(z.looseObject({ label: z.string() })),
  seeds: z.array(z.number()),
});
type Plan = z.infer<typeof planSchema>;

/**
 * Finds the runs of a run folder, an experiment folder, or a folder of either, again at every call, so that new ones are among them.
 * Runs that `experiment.json` plans come first, by method and seed; then others by name. At most 1,000.
 */
export function createScanner(root: string): () => Found[] {
  const plans = new Map<string, { readonly stamp: string; readonly plan: Plan | null }>();

  const planOf = (folder: string): Plan | null => {
    const file = join(folder, 'experiment.json');
    const stamp = stampOf(file);
    const known = plans.get(file);
    if (known?.stamp === stamp) return known.plan;
    const plan = stamp === '' ? null : readPlan(file);
    plans.set(file, { stamp, plan });
    return plan;
  };

  const runsOf = (folder: string, prefix: string): Found[] => {
    const name = basename(resolve(folder));
    if (isRun(folder)) return [{ run: prefix || name, folder, experiment: '', method: null, seed: null }];
    if (!existsSync(join(folder, 'experiment.json'))) return [];
    const plan = planOf(folder);
    const experiment = plan?.name ?? name;
    const found = (own: string, method: string | null, seed: number | null): Found => ({
      run: prefix === '' ? own : `${prefix}/${own}`,
      folder: join(folder, own),
      experiment,
      method,
      seed,
    });
    const planned = (plan?.methods ?? []).flatMap(({ label }) =>
      (plan?.seeds ?? []).map((seed) => found(`${label}-seed${seed}`, label, seed)),
    );
    // The name of a run must not lead out of the experiment.
    const inside = planned.filter((each) => basename(each.folder) === `${each.method}-seed${each.seed}`);
    const names = new Set(inside.map((each) => basename(each.folder)));
    const others = foldersIn(folder).filter((each) => !names.has(each) && isRun(join(folder, each)));
    return [...inside, ...others.map((each) => found(each, null, null))];
  };

  return () => {
    const own = runsOf(root, '');
    if (own.length > 0 || existsSync(join(root, 'experiment.json'))) return own.slice(0, mostRuns);
    return foldersIn(root)
      .flatMap((name) => runsOf(join(root, name), name))
      .slice(0, mostRuns);
  };
}

/** Changes whenever a file is written; empty where there is none that can be seen. */
export function stampOf(path: string): string {
  const stat = statOf(path);
  return stat ? `${stat.ino}/${stat.size}/${stat.mtimeMs}` : '';
}

/** Null where there is no such file, or none that can be seen. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function readPlan(file: string): Plan | null {
  try {
    return planSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch {
    // Half-written, or no JSON: its folders are found all the same.
    return null;
  }
}

function isRun(folder: string): boolean {
  return ['run.json', 'accuracy.csv'].some((file) => existsSync(join(folder, file)));
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .map(({ name }) => name)
      .toSorted();
  } catch {
    // Gone, as when an experiment is replaced: the next look finds what is there then.
    return [];
  }
}

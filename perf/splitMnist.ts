import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executeRun, planRuns, resolveExperiment, runPool, type ExperimentOptions } from '../harness/index.ts';
import type { RunRecord } from '../logs/index.ts';

/** Split-MNIST, class-incremental, MLP 784-400-400-10, experience replay with batches of 10 + 10, evaluated after every update on 1,000 images a task. */
const workload: ExperimentOptions = {
  stream: 'split-mnist',
  scenario: 'class',
  methods: ['er'],
  hidden: [400, 400],
  batch: 10,
  evaluateEvery: 1,
  evaluateSubset: 1000,
};

/** Multiply-adds of one forward pass of that network, times two. */
export const flopsPerImage = 2 * (784 * 400 + 400 * 400 + 400 * 10);

async function inTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'stabgap-perf-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A stretch of updates of the whole run: the task it began in and how long it took with each way of evaluating, in seconds. */
export interface Stretch {
  readonly task: string;
  readonly full: number;
  readonly auto: number;
}

/**
 * The whole run, evaluated in full and incrementally: a stretch of one, then the same of the other, since a shared machine's speed drifts
 * over minutes. The records hold how long training, evaluation and everything else took.
 */
export async function wholeRuns(
  dataDir: string | undefined,
  length = 200,
): Promise<{ full: RunRecord; auto: RunRecord; stretches: Stretch[] }> {
  /** Goes on with the run until that update, or its end. */
  const goOn = async (evaluateMode: 'full' | 'auto', folder: string, until: number) => {
    const experiment = resolveExperiment({ ...workload, evaluateMode });
    const stop = new AbortController();
    let first: string | undefined;
    const record = await executeRun(experiment, planRuns(experiment)[0], {
      folder: join(folder, evaluateMode),
      dataDir,
      signal: stop.signal,
      onProgress({ done, task }) {
        first ??= task;
        if (done === until) stop.abort();
      },
    });
    const { training, evaluation, other } = record.cost!.seconds;
    return { record, task: first!, seconds: training + evaluation + other };
  };
  return inTemporaryFolder(async (folder) => {
    const stretches: Stretch[] = [];
    const before = { full: 0, auto: 0 };
    for (let until = length; ; until += length) {
      const full = await goOn('full', folder, until);
      const auto = await goOn('auto', folder, until);
      stretches.push({ task: full.task, full: full.seconds - before.full, auto: auto.seconds - before.auto });
      Object.assign(before, { full: full.seconds, auto: auto.seconds });
      if (full.record.status !== 'interrupted') return { full: full.record, auto: auto.record, stretches };
    }
  });
}

/** Resident memory at two updates of a long run, in bytes. Evaluation is made small, or it would take an hour. */
export async function memoryAt(
  updates: readonly [number, number],
  dataDir: string | undefined,
): Promise<[number, number]> {
  const experiment = resolveExperiment({ ...workload, epochs: 4, evaluateSubset: 50 });
  const resident: [number, number] = [0, 0];
  const stop = new AbortController();
  await inTemporaryFolder((folder) =>
    executeRun(experiment, planRuns(experiment)[0], {
      folder,
      dataDir,
      signal: stop.signal,
      onProgress({ done }) {
        if (done === updates[0]) resident[0] = process.memoryUsage().rss;
        if (done === updates[1]) {
          resident[1] = process.memoryUsage().rss;
          stop.abort();
        }
      },
    }),
  );
  return resident;
}

/** Wall-clock seconds of `count` equal runs in as many processes. Larger batches make the run short; evaluation weighs as much. */
export function parallelSeconds(count: number, dataDir: string | undefined): Promise<number> {
  const experiment = resolveExperiment({ ...workload, batch: 50, seeds: count });
  return inTemporaryFolder(async (folder) => {
    const start = performance.now();
    const outcomes = await runPool(experiment, planRuns(experiment), { folder, dataDir, jobs: count });
    const failed = outcomes.find(({ record }) => record?.status !== 'complete');
    if (failed) throw new Error(`${failed.plan.name}: ${failed.error ?? failed.record?.reason}`);
    return (performance.now() - start) / 1000;
  });
}

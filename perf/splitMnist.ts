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

/** The whole run: its record holds how long training, evaluation and everything else took. */
export function wholeRun(dataDir: string | undefined): Promise<RunRecord> {
  const experiment = resolveExperiment(workload);
  return inTemporaryFolder((folder) => executeRun(experiment, planRuns(experiment)[0], { folder, dataDir }));
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

import type { ChildProcess } from 'node:child_process';
import type { RunRecord } from '../logs/index.ts';
import type { Experiment, RunPlan } from './experiment.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import type { Progress, RunContext } from './runContext.ts';
import { startWorker } from './startWorker.ts';

export interface PoolOptions extends Omit<RunContext, 'onProgress'> {
  /** Processes at work at the same time. */
  readonly jobs: number;
  /** A worker that was started ahead; it serves first. */
  readonly spare?: ChildProcess;
  readonly onStart?: (plan: RunPlan) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEnd?: (outcome: RunOutcome) => void;
}

/** How a run ended: with a record, or without one because it could not even be recorded. */
export interface RunOutcome {
  readonly plan: RunPlan;
  readonly record: RunRecord | null;
  /** Why there is no record. */
  readonly error: string | null;
  /** Whether the error is one that the user can mend, such as a full disk. */
  readonly mendable: boolean;
}

/**
 * Executes runs in parallel processes, each with an engine of its own. A process that dies takes only its run with it: the outcome says
 * so and the others go on. When `signal` is aborted the runs at work stop with a checkpoint and no new ones start.
 */
export async function runPool(
  experiment: Experiment,
  plans: readonly RunPlan[],
  options: PoolOptions,
): Promise<RunOutcome[]> {
  const queue = [...plans];
  const outcomes: RunOutcome[] = [];
  const lanes = Array.from({ length: Math.min(options.jobs, plans.length) }, async (_, lane) => {
    let worker = lane === 0 ? options.spare : undefined;
    for (let plan = queue.shift(); plan && !options.signal?.aborted; plan = queue.shift()) {
      // A process serves many runs, since starting one costs as much as a short run; a dead one is replaced.
      worker = worker?.connected ? worker : startWorker();
      options.onStart?.(plan);
      const outcome = await execute(worker, experiment, plan, options);
      outcomes.push(outcome);
      options.onEnd?.(outcome);
    }
    if (worker?.connected) worker.disconnect();
  });
  await Promise.all(lanes);
  return outcomes;
}

function execute(
  worker: ChildProcess,
  experiment: Experiment,
  plan: RunPlan,
  options: PoolOptions,
): Promise<RunOutcome> {
  const { folder, dataDir, threads, provider, checkpointEvery, signal, onProgress, onWarning } = options;
  const tell = (message: ToWorker): void => void (worker.connected && worker.send(message));
  return new Promise((resolve) => {
    let complaints = '';
    const stop = (): void => tell({ kind: 'stop' });
    const settle = (record: RunRecord | null, error: string | null, mendable = false): void => {
      signal?.removeEventListener('abort', stop);
      worker.off('message', receive);
      worker.off('exit', exited);
      worker.stderr?.off('data', listen);
      resolve({ plan, record, error, mendable });
    };
    const listen = (data: Buffer): void => {
      complaints = (complaints + data.toString()).slice(-2000);
    };
    const receive = (message: FromWorker): void => {
      if (message.kind === 'progress') onProgress?.(message.progress);
      else if (message.kind === 'warning') onWarning?.(message.message);
      else if (message.kind === 'done') settle(message.record, null);
      else settle(null, message.message, true);
    };
    const exited = (code: number | null, killer: NodeJS.Signals | null): void => {
      const lines = complaints.split('\n').filter((line) => /\S/.test(line));
      // A stack trace tells its reason in the line that names the error; Node.js ends it with its version.
      const last = lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
      settle(null, `its process ended with ${killer ?? `exit code ${code}`}${last ? `: ${last}` : ''}`);
    };
    worker.on('message', receive);
    worker.on('exit', exited);
    worker.stderr?.on('data', listen);
    signal?.addEventListener('abort', stop);
    tell({ kind: 'run', experiment, plan, context: { folder, dataDir, threads, provider, checkpointEvery } });
  });
}

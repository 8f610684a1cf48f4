import type { RunRecord } from '../logs/index.ts';
import type { Experiment, RunPlan } from './experiment.ts';
import type { Progress, RunContext } from './runContext.ts';

/** What the pool sends to a worker process. */
export type ToWorker =
  | {
      readonly kind: 'run';
      readonly experiment: Experiment;
      readonly plan: RunPlan;
      readonly context: Pick<RunContext, 'folder' | 'dataDir' | 'threads' | 'provider' | 'checkpointEvery'>;
    }
  | { readonly kind: 'stop' };

/** What a worker process sends back. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'done'; readonly record: RunRecord }
  | { readonly kind: 'refused'; readonly message: string };

import type { Experiment, RunRecord } from '../logs/index.ts';
import { runMetrics } from '../metrics/index.ts';

/** How a run stands: as its record says, or `pending` where it has none yet. */
export interface RunState {
  readonly run: string;
  readonly method: string;
  readonly seed: number;
  readonly status: RunRecord['status'] | 'pending';
  readonly reason: string | null;
}

/** What `--json` prints. Documented in docs/cli.md. */
export interface Summary {
  readonly experiment: string;
  readonly report: string | null;
  readonly runs: readonly (RunState & { readonly metrics: Readonly<Record<string, number | null>> | null })[];
}

/** Complete runs come with their metrics, by name; null where one is undefined. */
export function summarize(
  folder: string,
  states: readonly RunState[],
  logs: Experiment | null,
  report: string | undefined,
): Summary {
  const read = new Map(logs?.runs.map((run) => [run.record.run, run]));
  return {
    experiment: folder,
    report: report ?? null,
    runs: states.map((state) => {
      const run = state.status === 'complete' ? read.get(state.run) : undefined;
      const metrics = run ? Object.fromEntries(runMetrics.map(({ name, compute }) => [name, compute(run)])) : null;
      return { ...state, metrics };
    }),
  };
}

export function stateOf({ run, method, seed, status, reason }: RunRecord): RunState {
  return { run, method: method.label, seed, status, reason };
}

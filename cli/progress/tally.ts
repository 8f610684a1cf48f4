import type { Progress } from '../../harness/index.ts';

/** How far an experiment is. */
export interface Standing {
  /** Updates made and to be made. */
  readonly done: number;
  readonly total: number;
  /** Updates a second, over all runs at work; null before the first. */
  readonly rate: number | null;
  readonly ended: number;
  readonly runs: number;
  /** With the mean accuracy over the tasks that each has seen. */
  readonly atWork: readonly { readonly run: string; readonly accuracy: number | null }[];
}

export interface Tally {
  /** Some runs had ended before. */
  keep(count: number): void;
  start(run: string): void;
  update(progress: Progress): void;
  end(run: string): void;
  now(): Standing;
}

/**
 * Adds up the progress of runs. How many updates a run takes is known when it first reports; a run that has not reported is taken to be
 * like the mean of those that have.
 * @param runs all runs of the experiment, those that had ended before included
 * @param clock seconds
 */
export function createTally(runs: number, clock: () => number = () => performance.now() / 1000): Tally {
  const latest = new Map<string, Progress>();
  /** Updates that a run had made when it first reported here, less one: it reports after an update. */
  const before = new Map<string, number>();
  const atWork = new Set<string>();
  const ended = new Set<string>();
  let kept = 0;
  let started = 0;
  return {
    keep(count) {
      kept = count;
    },
    start(run) {
      if (atWork.size + ended.size === 0) started = clock();
      atWork.add(run);
    },
    update(progress) {
      latest.set(progress.run, progress);
      if (!before.has(progress.run)) before.set(progress.run, progress.done - 1);
    },
    end(run) {
      atWork.delete(run);
      ended.add(run);
    },
    now() {
      const reports = [...latest.values()];
      const done = sum(reports.map((report) => report.done));
      const made = done - sum([...before.values()]);
      // A run that ended early has nothing left to do.
      const known = sum(reports.map((report) => (ended.has(report.run) ? report.done : report.total)));
      const silent = runs - kept - new Set([...latest.keys(), ...ended]).size;
      return {
        done,
        total: known + (reports.length > 0 ? Math.round((silent * known) / reports.length) : 0),
        rate: made > 0 ? made / Math.max(clock() - started, 1e-3) : null,
        ended: kept + ended.size,
        runs,
        atWork: [...atWork].map((run) => ({ run, accuracy: latest.get(run)?.accuracy ?? null })),
      };
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

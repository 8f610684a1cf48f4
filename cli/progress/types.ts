import type { Progress, RunOutcome, RunPlan } from '../../harness/index.ts';

/** Shows an experiment at work. */
export interface ProgressView {
  download(file: string, received: number, total: number): void;
  /** Runs that were complete before. */
  kept(plans: readonly RunPlan[]): void;
  start(plan: RunPlan): void;
  update(progress: Progress): void;
  end(outcome: RunOutcome): void;
  /** A line for the user, such as a warning. */
  note(line: string): void;
  close(): void;
}

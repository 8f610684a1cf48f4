/** @file What the server tells the page, as JSON. Both sides import these types, and nothing else of each other. */

/** `planned`: `experiment.json` names the run, and it has no folder yet; `unknown`: it has rows, and no `run.json` that can be read. */
export type RunStatus = 'planned' | 'running' | 'interrupted' | 'complete' | 'diverged' | 'failed' | 'unknown';

/** A row of the table of runs. */
export interface RunSummary {
  /** Its path below the folder that is followed. */
  readonly run: string;
  /** The folder's own name, or the experiment's where several are followed. */
  readonly experiment: string;
  readonly method: string;
  readonly seed: number | null;
  readonly status: RunStatus;
  /** Updates made at the last evaluation. */
  readonly done: number;
  /** Updates to be made; null where `run.json` does not say so yet. */
  readonly planned: number | null;
  /** The task in training at the last evaluation; empty where unknown. */
  readonly task: string;
  /** Mean accuracy over the tasks seen, at the last evaluation. */
  readonly accuracy: number | null;
  /** When `accuracy.csv` last grew, in milliseconds since 1970. */
  readonly grown: number | null;
  /** Why the run stopped, or why it cannot be read. */
  readonly reason: string | null;
}

/** An event that is certain now. */
export interface LiveEvent {
  readonly run: string;
  readonly telling: 'fell' | 'back' | 'verdict';
  readonly kind: string;
  readonly text: string;
}

/** New rows of the run that a page shows. */
export interface CurveRows {
  readonly run: string;
  readonly tasks: readonly string[];
  /** Rows that the page has already; 0 for the first, and where the file began anew. */
  readonly from: number;
  readonly steps: readonly number[];
  /** An index into `tasks`, -1 where unknown. */
  readonly training: readonly number[];
  /** `[tasks][rows]`, null where not evaluated. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** What has changed since the last message. What has not is left out. */
export interface Message {
  /** What is followed. */
  readonly title: string;
  /** Whether `runs` are all there are, and not the changed ones only. */
  readonly whole: boolean;
  readonly runs: readonly RunSummary[];
  /** Whether `events` are all there are, and not the new ones only. */
  readonly anew: boolean;
  /** In the order in which they became certain. */
  readonly events: readonly LiveEvent[];
  readonly curve: CurveRows | null;
}

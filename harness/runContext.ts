import type { Provider } from '../engine/index.ts';

export interface Progress {
  readonly run: string;
  /** Updates made and to be made in the whole run. */
  readonly done: number;
  readonly total: number;
  readonly task: string;
  /** Mean accuracy over the tasks seen, at the last evaluation. */
  readonly accuracy: number | null;
}

export interface RunContext {
  /** The experiment's folder. */
  readonly folder: string;
  readonly dataDir?: string;
  /** Native threads of the engine. */
  readonly threads?: number;
  /** Where the `onnx` engine computes; the CPU unless given. */
  readonly provider?: Provider;
  /** Seconds between checkpoints. */
  readonly checkpointEvery?: number;
  /** Stops the run after the update at hand, leaving a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (message: string) => void;
}

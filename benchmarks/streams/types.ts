import type { Rng } from '../../base/index.ts';
import type { DatasetContext } from '../datasets/index.ts';
import type { Dataset, Scenario, Stream, StreamOptions } from '../types.ts';

/** An option of a kind of stream, for help texts. */
export interface StreamOption {
  readonly name: Exclude<keyof StreamOptions, 'scenario'>;
  readonly unit: string;
  readonly default: string;
  readonly description: string;
}

/** What a kind of stream makes of a data set. */
export type StreamContent = Pick<Stream, 'outputCount' | 'tasks'>;

/** What the options alone say of a stream. */
export interface StreamShape {
  readonly taskCount: number;
  readonly outputCount: number;
  /** Largest number of outputs of a task. */
  readonly outputsPerTask: number;
}

/** A stream whose options are settled, but whose data are not yet there. */
export interface StreamPlan {
  /** The options with all defaults filled in. */
  readonly options: StreamOptions;
  readonly shape: StreamShape;
  /** Makes the tasks, normalised if the data set says with what. All that is random in them comes from forks of `rng`, so it depends on its seed only. */
  build(dataset: Dataset, rng: Rng): StreamContent;
}

/** A way to make a sequence of tasks from any data set of images. What every kind does the same is not its concern: `normalize`. */
export interface StreamKind {
  readonly name: string;
  /** Bumped when the same options and seed give other tasks. */
  readonly version: number;
  readonly description: string;
  /** The scenarios that it makes sense in; all unless given. */
  readonly scenarios?: readonly Scenario[];
  /** The options that it takes besides `scenario` and those common to all kinds. */
  readonly options: readonly StreamOption[];
  /** Settles the options for a data set of `classCount` classes. Throws a `UserError` on values that no stream can be built from. */
  plan(options: StreamOptions, classCount: number): StreamPlan;
}

/** What a stream that stands alone is made of. */
export type StandaloneContent = Pick<Stream, 'inputShape' | 'outputCount' | 'tasks' | 'ordered' | 'source'>;

/** Where a stream gets what it is made of. */
export type StreamContext = DatasetContext & { readonly rng: Rng };

/** A stream that stands alone, whose options are settled, but whose data are not yet there. */
export interface StandalonePlan {
  /** The options with all defaults filled in. */
  readonly options: StreamOptions;
  /** Null where it depends on a file. */
  readonly shape: StreamShape | null;
  /** Makes the tasks. All that is random in them comes from forks of `rng`. Throws a `UserError` on a file that does not fit. */
  build(context: StreamContext): Promise<StandaloneContent>;
}

/** A stream with data of its own, rows of a table, that needs no data set of images. */
export interface StandaloneStream {
  readonly name: string;
  /** Bumped when the same options, seed and file give other tasks. */
  readonly version: number;
  readonly description: string;
  /** The scenarios that it makes sense in; all unless given. */
  readonly scenarios?: readonly Scenario[];
  /** The options that it takes besides `scenario`. */
  readonly options: readonly StreamOption[];
  /** Settles the options. Throws a `UserError` on values that no stream can be built from. */
  plan(options: StreamOptions): StandalonePlan;
}

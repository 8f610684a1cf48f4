/**
 * Which outputs compete, after van de Ven & Tolias (arXiv:1904.07734):
 * `class`: one output a class over all tasks, the task is not known; `task`: the same outputs, but the task is known and only
 * its own outputs compete; `domain`: all tasks share the outputs. And `task-free`: one output for each class of the data, and the learner
 * is never told of a task: neither where one begins or ends nor which one a row is from. What it is evaluated on is divided as ever.
 */
export type Scenario = 'class' | 'task' | 'domain' | 'task-free';

export const scenarios = ['class', 'task', 'domain', 'task-free'] as const satisfies readonly Scenario[];

/** Images or rows of one split of a data set, as the files give them. */
export interface RawSamples {
  /** `[count, ...shape]`, unscaled. */
  readonly inputs: Uint8Array;
  /** `[count]`, class ids 0 … classCount-1. */
  readonly labels: Uint8Array;
}

/** What rows are normalised with: `(x - mean[c]) / std[c]` for every value x of channel c, which lies in [0, 1]. */
export interface Normalization {
  /** `[channels]` */
  readonly mean: readonly number[];
  /** `[channels]`, above 0 */
  readonly std: readonly number[];
}

export interface Dataset {
  readonly name: string;
  /** Bumped when the decoded content changes. */
  readonly version: number;
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
  readonly classNames: readonly string[];
  /** Inputs are divided by this to lie in [0, 1]. */
  readonly maximum: number;
  /** Mean and standard deviation (divided by n) of the training set by channel, inputs in [0, 1]. */
  readonly normalization?: Normalization;
  readonly train: RawSamples;
  readonly test: RawSamples;
}

/** The samples of one task. Rows are made on demand, so a stream of many tasks costs little more memory than its data set. */
export interface Samples {
  readonly length: number;
  /** `[length]`, the output (column of the logits) that is right for each row. */
  readonly labels: Int32Array;
  /** `[length]`, the row of the data set, or of the stream's table, that each row comes from: the sample's identity. */
  readonly ids: Int32Array;
  /**
   * Writes the given rows into `out` as `[rows.length, ...inputShape]` from its start on. Images are scaled to [0, 1] and then normalised
   * if the stream is. Allocates nothing.
   * Throws a RangeError on a row outside 0 … length-1 and on an `out` that is too short.
   */
  read(rows: ArrayLike<number>, out: Float32Array): void;
}

export interface Task {
  /** Short, unique in the stream, without comma or quote: it heads a column of the evaluation log. */
  readonly name: string;
  /**
   * The outputs that belong to this task, those that compete in the `task` scenario: `outputs[i]` is that of the task's i-th
   * class. All outputs in the `domain` scenario. Neither contiguous nor ascending where the order of the classes is random.
   */
  readonly outputs: readonly number[];
  readonly train: Samples;
  readonly test: Samples;
}

/** A sequence of tasks, in training order. */
export interface Stream {
  /** Such as `split-digits`, or `mixture`. */
  readonly name: string;
  /** Bumped when the same name, options and seed give other data. */
  readonly version: number;
  readonly scenario: Scenario;
  /** Height, width and channels of images; the number of columns of a table. */
  readonly inputShape: readonly number[];
  /** What all rows are normalised with; undefined where they are left in [0, 1]. */
  readonly normalization?: Normalization;
  /** The width of the output layer. */
  readonly outputCount: number;
  readonly tasks: readonly Task[];
  /** Whether the rows of a task are to be trained on in the order in which they stand, in every epoch; they are shuffled unless it is true. */
  readonly ordered?: boolean;
  /** The user's file that the stream was read from; undefined where the name and the options say it all. */
  readonly source?: SourceFact;
  /** What stands out in the data and may spoil a run, in sentences for the user. */
  readonly remarks?: readonly string[];
}

/** A file of the user's that a stream was read from. */
export interface SourceFact {
  /** Absolute. */
  readonly path: string;
  /** Of the file's bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** What a stream is built from. Keys that a kind of stream does not know are refused. */
export interface StreamOptions {
  readonly scenario: Scenario;
  /** Number of tasks; the default is the kind's own. Of rotated streams it goes without angles, which are then drawn. */
  readonly tasks?: number;
  /** Split and blurry streams: `natural` (ascending class ids, the default) or `random` (drawn from the run's seed). */
  readonly classOrder?: 'natural' | 'random';
  /** Rotated streams: one angle a task, degrees counter-clockwise; 0, 80, 160 unless given. */
  readonly angles?: readonly number[];
  /** Blurry streams: percentage of the classes that are in one task only; 50 unless given. */
  readonly disjoint?: number;
  /** Blurry streams: percentage of the samples of the other classes that are dealt out over all tasks; 10 unless given. */
  readonly blur?: number;
  /** Overlapping streams: the first and the last class of each task, such as `0-3`. */
  readonly windows?: readonly string[];
  /** Overlapping streams: an output for each class of each task (`own`, the default in the task scenario), or one for each class (`shared`). */
  readonly heads?: 'own' | 'shared';
  /** Mixture: cosine of the angle between the means of a class in two tasks that follow each other; 0.5 unless given. */
  readonly similarity?: number;
  /** Mixture: classes of a task; 2 unless given. */
  readonly classes?: number;
  /** Mixture: distance between the means of two classes of a task, in standard deviations; 3 unless given. */
  readonly separation?: number;
  /** Mixture: numbers in an input; as many as there are classes in all tasks unless given. */
  readonly dimensions?: number;
  /** Mixture: training samples of each class of a task, and as many test samples; 500 unless given. */
  readonly samples?: number;
  /** drift-csv: path of the file. */
  readonly csv?: string;
  /** drift-csv: the SHA-256 that the file must have. */
  readonly csvSha256?: string;
  /** drift-csv: name of the column of the classes; the last column unless given. */
  readonly target?: string;
  /** drift-csv: share of test rows in each part; 0.2 unless given. */
  readonly testShare?: number;
  /** drift-csv: columns whose values are categories even where they are numbers. */
  readonly categorical?: readonly string[];
  /** drift-csv: columns that are left out. */
  readonly ignore?: readonly string[];
  /** drift-csv: what to do where an input is missing; `error` unless given. */
  readonly missing?: 'error' | 'mean';
  /** Training samples that are left in each task, drawn by the seed; all unless given. */
  readonly trainSamples?: number;
  /** Border of zeros around every image, pixels; none unless given. */
  readonly pad?: number;
  /** Give every channel the mean 0 and the standard deviation 1 over the training set; true for colour, false for grey, unless given. */
  readonly normalize?: boolean;
}

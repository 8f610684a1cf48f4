import type * as z from 'zod';
import { UserError, parseWith, type Rng } from '../base/index.ts';
import type { Augmentation, ImageFormat, Samples, Scenario } from '../benchmarks/index.ts';
import type {
  Arrays,
  Engine,
  LowRankChange,
  Network,
  Optimizer,
  Specs,
  Tap,
  Tensor2D,
  Tensors,
} from '../engine/index.ts';

export type Family = 'baseline' | 'replay' | 'regularization' | 'projection' | 'isolation' | 'sparse';

/** What a learner may know of the stream: its shape, never its data. */
export interface StreamInfo {
  readonly scenario: Scenario;
  /** Numbers in one input. */
  readonly inputSize: number;
  /** How the inputs are images; undefined for rows of a table. */
  readonly image?: ImageFormat;
  /** Width of the output layer. */
  readonly outputCount: number;
  /** The outputs of each task, in training order; they may overlap. A task-free stream looks like a single task with all outputs. */
  readonly taskOutputs: readonly (readonly number[])[];
}

/** What is known of a stream before its data are read. */
export interface StreamFacts {
  readonly scenario: Scenario;
  /** Whether the inputs are images, which can be augmented. */
  readonly images: boolean;
  /** Width of the output layer. */
  readonly outputCount: number;
  /** Number of tasks that the learner is told of: 1 in a task-free stream. */
  readonly taskCount: number;
  /** Largest number of outputs of a task. */
  readonly outputsPerTask: number;
  /** Rows of a full stream batch. */
  readonly batch: number;
}

export interface TrainingOptions {
  readonly optimizer: Optimizer;
  /** Learning rate, before the schedule. */
  readonly rate: number;
  /** Factor on the learning rate of the update at hand; 1 unless given. */
  readonly schedule?: () => number;
  /** Rows of a full stream batch. */
  readonly batch: number;
  /** How many updates the run makes in each task that the learner is told of, in training order: one number in a task-free stream. */
  readonly updates: readonly number[];
  /** Random changes of the images that are trained on. Buffers keep rows as the stream gives them. */
  readonly augmentation?: Augmentation;
  /** Several views of each sample in a batch; one unless given. */
  readonly views?: Views;
  /** Start every task with fresh optimiser state. */
  readonly resetOptimizer: boolean;
  /** Told the sizes of the gradients of every step, where they are wanted. It costs a second backward pass where the loss has two sides. */
  readonly onGradients?: (measured: GradientSizes) => void;
}

/**
 * Sizes over all parameters of the gradient that the optimiser is given, and of its two sides: stability, of what keeps old knowledge, such as
 * a loss on replayed rows, a penalty, or the correction of a projection; plasticity, of all the rest.
 */
export interface GradientSizes {
  /** ‖g‖₂ */
  readonly l2: number;
  /** ‖g‖₁ */
  readonly l1: number;
  /** Absent where the step has one side only. */
  readonly sides?: {
    readonly plasticity: number;
    readonly stability: number;
    /** Between both, in [−1, 1]; NaN where one of them is 0. */
    readonly cosine: number;
  };
}

/**
 * Several views of each sample in a batch, and a loss for their agreement (View-Batch Model, arXiv:2503.18371). Rows of a group that share task
 * and id are views of one sample; the trainer sees to the rest, for every method alike.
 */
export interface Views {
  /** Rows in a row that show one sample, in stream batches and in draws from a buffer: 2 and more. */
  readonly count: number;
  /** Changes, on top of the augmentation, of rows whose sample an earlier row of their group shows. */
  readonly later?: Augmentation;
  /** Weight in every loss of the mean divergence KL(first view ‖ later view) of predictions. */
  readonly weight: number;
  /** Told the mean divergence, in nats, after every step and pass that has one: of its first loss. */
  readonly onConsistency?: (mean: number) => void;
}

/** All that a method gets to build its learner from. */
export interface Setup<O = Record<string, unknown>> {
  readonly engine: Engine;
  readonly network: Network;
  /** Initial parameters: the same for every method that runs with the same seed. */
  readonly initial: Arrays;
  readonly stream: StreamInfo;
  readonly training: TrainingOptions;
  readonly options: O;
  /** The method's own generator. Its state must be part of the learner's. */
  readonly rng: Rng;
  /** A task that has begun, for methods that keep all data. @throws {RangeError} for a task that lies ahead */
  taskAt(index: number): LearnerTask;
  /** Tells the user, and the run's record, of something that the numbers alone do not show. The same message counts once. */
  warn(message: string): void;
}

/** The task at hand. Its training data may be read at its boundaries; during the task it comes through `observe`. */
export interface LearnerTask {
  /** Position in the stream, from 0. */
  readonly index: number;
  readonly outputs: readonly number[];
  readonly train: Samples;
}

/** Rows of the stream. The last batch of an epoch may be short: then rows from `size` on are to be ignored. */
export interface Batch {
  /** `[capacity, inputSize]` */
  readonly x: Float32Array;
  /** `[capacity]`, outputs that are right. */
  readonly y: Int32Array;
  /** Number of valid rows, 1 … capacity. */
  readonly size: number;
  /** Position of the task in the stream; 0 in a task-free stream. */
  readonly task: number;
  /** `[capacity]`, which sample of the data each row shows. Two tasks may show the same sample. */
  readonly ids: Int32Array;
  /** Rows in a row that may show one sample; 1 unless given. */
  readonly views?: number;
}

/** Numbers logged for every update. `loss` is the objective that was minimised; 0 if none was. */
export interface StepStats {
  readonly loss: number;
  readonly [name: string]: number;
}

/**
 * What the evaluator needs: a pure function and the arrays to call it with, in inference mode. Running statistics of the network count as
 * parameters here.
 */
export interface Model {
  readonly specs: Specs;
  /**
   * `[rows, inputSize]` → `[rows, outputCount]`, before any choice of which outputs compete.
   * @param tap sees, and may replace, what the linear layers compute
   */
  logits(parameters: Tensors, x: Tensor2D, tap?: Tap): Tensor2D;
  /**
   * The current parameters. They may be overwritten by the next `observe`.
   * @param task position of the task that is predicted, for models whose parameters depend on it; a model without task ids ignores it
   */
  parameters(task?: number): Arrays;
  /**
   * Brings up to date what prediction needs beside trained parameters, such as class means: called before each evaluation, which then reads
   * `parameters` anew. How often it is called changes nothing that is trained, and no draw of the learner's generator. A method that learns at
   * evaluation trains here; how often it is called then changes nothing of what a later call arrives at.
   */
  prepare?(): Promise<void>;
  /** Where it is known how the first layer's weights change, so that its outputs can be updated instead of computed anew. */
  readonly trail?: Trail;
}

/**
 * What happened to the weights of a linear layer since it was last asked for. The weights come first among its matrices, after them the
 * optimiser state of the same shape that their changes depend on, such as a velocity.
 */
export interface Trail {
  /** The matrices are those of parameter `<layer>/weight`, `[inputs, outputs]`. */
  readonly layer: string;
  readonly inputs: number;
  readonly outputs: number;
  /** The matrices as they are now. */
  matrices(): readonly Float32Array[];
  /**
   * What happened since the same reader took last, in arrays that the next update overwrites; null where that is not known: at the first
   * time, after another reader, after a step or a write that has no low-rank form, and where the factors grew too large.
   */
  take(reader: object): LowRankChange | null;
  /** What `take` would return, as part of a checkpoint. */
  state(reader: object): State | null;
  restore(state: State | null, reader: object): void;
}

/** Plain data: nested objects, arrays, numbers, strings, nulls and typed arrays. */
export type State = { readonly [key: string]: StateValue };
export type StateValue =
  State | readonly StateValue[] | number | string | boolean | null | Float32Array | Int32Array | Uint8Array;

/** A method at work. The harness calls nothing else, and in a task-free stream neither `beginTask` nor `endTask`. */
export interface Learner {
  readonly model: Model;
  beginTask?(task: LearnerTask): Promise<void>;
  /** Makes exactly one update, of what it keeps of the stream at least; none where it waits for more rows, having left out some. */
  observe(batch: Batch): Promise<StepStats>;
  endTask?(task: LearnerTask): Promise<void>;
  /** Everything that the future of the run depends on; arrays may be views of live data. */
  state(): State;
  restore(state: State): void;
  /** What was spent so far and what is held beside the model. */
  cost(): LearnerCost;
  /** How sparse the computation at hand is, for methods with masked weights: asked whenever a program runs, so that work is counted as of then. */
  sparsity?(): Sparsity;
}

/**
 * Which share of each layer's weights counts, by weight name (`<layer>/weight`), in [0, 1]; layers that are not named are dense. Masked layers are
 * computed densely here: it is what a sparse implementation would have to compute.
 */
export interface Sparsity {
  /** Of the weights that a forward pass, and the gradients of its inputs, go through. */
  readonly weights: Readonly<Record<string, number>>;
  /** Of the entries of the weight's gradient that have to be computed; as `weights` unless given, such as 1 where growth looks at all of it. */
  readonly gradients?: Readonly<Record<string, number>>;
}

/** What the masks of a sparse method hold. Counts are of weights that can be masked; others are always active. */
export interface MaskCost {
  /** Active now, in the subnetwork at hand. */
  readonly active: number;
  /** The largest number that was active at once. */
  readonly peakActive: number;
  /** Active at the end of any task so far, or now: the capacity in use. The same as `active` where all tasks share one subnetwork. */
  readonly union: number;
  /** All weights that a mask covers. */
  readonly total: number;
  /** Bits of all masks that are kept, at one a weight. */
  readonly bits: number;
  /** Share of each layer's weights that a prediction goes through, by weight name: the mean over tasks where each has its own. */
  readonly inference: Readonly<Record<string, number>>;
}

export interface LearnerCost {
  /** Floating-point operations of all training so far (a multiply-add counts as two); null if the engine cannot count. */
  readonly flops: number | null;
  /** Bytes held beside parameters and optimiser state: buffers, anchors, masks, the data of old tasks where they must be kept. */
  readonly extraBytes: number;
  /** Of sparse methods. */
  readonly masks?: MaskCost;
}

export interface MethodDefinition<S extends z.ZodType = z.ZodType> {
  /** What the user types. */
  readonly name: string;
  readonly title: string;
  readonly family: Family;
  /** Such as `arXiv:1902.10486`. */
  readonly paper: string;
  readonly scenarios: readonly Scenario[];
  /** When the network is trained: in every update unless given, or only when a prediction is asked for. */
  readonly learnsAt?: 'evaluation';
  /** False where several views of each sample in a batch would be nothing to learn from. */
  readonly takesViews?: false;
  /** Options with defaults; each carries its unit and source as metadata. */
  readonly options: S;
  /** Fills in what depends on other options, such as those of a method within the method. @throws {UserError} */
  complete?(options: z.output<S>): z.output<S>;
  /** Refuses what no run can be made of, such as a buffer smaller than the number of classes. @throws {UserError} */
  check?(options: z.output<S>, stream: StreamFacts): void;
  /** What the options leave open and comparisons depend on, such as the form of a penalty; kept in the run's record. */
  conventions?(options: z.output<S>): readonly string[];
  /** What to try, beside a smaller learning rate, where the loss is no longer a number, such as `a smaller lambda than 1e9`. */
  whenDiverged?(options: z.output<S>): string;
  /** How many rows in a row of its batches show one sample; 1 unless given. The harness then spreads a pass over the data over as many epochs. */
  views?(options: z.output<S>): number;
  create(setup: Setup<z.output<S>>): Promise<Learner>;
}

/** A method as the harness and the lists see it. */
export interface Method extends Omit<
  MethodDefinition,
  'create' | 'complete' | 'check' | 'views' | 'conventions' | 'whenDiverged'
> {
  /** Fills in the defaults. @throws {UserError} on an unknown key or a wrong value */
  parseOptions(values: unknown): Record<string, unknown>;
  /** @throws {UserError} if the method does not run in the stream's scenario or its options do not fit the stream */
  check(options: Record<string, unknown>, stream: StreamFacts): void;
  /** How many rows in a row of its batches show one sample, a divisor of the batch. */
  views(options: Readonly<Record<string, unknown>>): number;
  conventions(options: Readonly<Record<string, unknown>>): readonly string[];
  /** Undefined where it has no advice of its own. */
  whenDiverged(options: Readonly<Record<string, unknown>>): string | undefined;
  /** @throws {UserError} as `check` does */
  create(setup: Setup): Promise<Learner>;
}

/**
 * Makes a method out of its definition. A method is one file with one export.
 * @example
 * export const finetune = defineMethod({ name: 'finetune', …, create: async (setup) => … });
 */
export function defineMethod<S extends z.ZodType>(definition: MethodDefinition<S>): Method {
  const { name, scenarios } = definition;
  const views: Method['views'] = (options) => definition.views?.(options as z.output<S>) ?? 1;
  const check: Method['check'] = (options, stream) => {
    requireScenario(name, scenarios, stream.scenario);
    requireWholeSamples(name, views(options), stream.batch);
    definition.check?.(options as z.output<S>, stream);
  };
  return {
    ...definition,
    parseOptions(values) {
      const options = parseWith(definition.options, values, `method ${name}`);
      return (definition.complete?.(options) ?? options) as Record<string, unknown>;
    },
    check,
    views,
    conventions: (options) => definition.conventions?.(options as z.output<S>) ?? [],
    whenDiverged: (options) => definition.whenDiverged?.(options as z.output<S>),
    async create(setup) {
      check(setup.options, factsOf(setup.stream, setup.training.batch));
      return definition.create(setup as Setup<z.output<S>>);
    },
  };
}

function factsOf({ scenario, image, outputCount, taskOutputs }: StreamInfo, batch: number): StreamFacts {
  return {
    scenario,
    images: image !== undefined,
    outputCount,
    taskCount: taskOutputs.length,
    outputsPerTask: Math.max(...taskOutputs.map(({ length }) => length)),
    batch,
  };
}

/** @throws {UserError} if a method does not run in a scenario */
export function requireScenario(method: string, scenarios: readonly Scenario[], scenario: Scenario): void {
  if (scenarios.includes(scenario)) return;
  const reason = scenario === 'task-free' ? ', which does not tell it where tasks begin and end' : '';
  throw new UserError(
    `method ${method} does not run in the ${scenario} scenario${reason} (it runs in: ${scenarios.join(', ')})`,
  );
}

/** @throws {UserError} if a batch does not hold whole numbers of samples with all of their views */
function requireWholeSamples(method: string, views: number, batch: number): void {
  if (batch % views === 0) return;
  const [fewer, more] = [Math.floor, Math.ceil].map((round) => views * round(batch / views));
  throw new UserError(
    `method ${method}: views: a batch of ${batch} rows does not hold ${views} views of each of its samples; choose a batch of ${fewer === 0 ? '' : `${fewer} or `}${more}, or other views`,
  );
}

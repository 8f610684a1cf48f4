/** @file The keys of an experiment. Loads no engine, so that the command line can show its flags at once. */
import * as z from 'zod';
import { augmentations } from '../benchmarks/index.ts';
import type { EngineChoice } from '../engine/index.ts';
import { networkKeys, networkNames } from './networkSchema.ts';
import { schedules } from './rateSchedule.ts';
import { sha256, streamKeys } from './streamSchema.ts';

const count = z.int().min(1);
const rate = z.number().positive();

const optimizers = ['sgd', 'adam', 'adamw'] as const;

/** Fails to compile when the engine's own list grows or shrinks. */
const engines = { auto: 'auto', onnx: 'onnx', tensorflow: 'tensorflow', wasm: 'wasm', cpu: 'cpu' } as const satisfies {
  readonly [E in EngineChoice]: E;
};

const augmentationNames = augmentations.entries.map(({ name }) => name);

const evaluateModes = ['auto', 'full'] as const;
export type EvaluateMode = (typeof evaluateModes)[number];

/** How a method is trained. */
const training = {
  epochs: count.describe('passes over the training data of each task'),
  batch: count.describe('stream rows in an update'),
  lr: rate.describe('learning rate'),
  schedule: z.enum(schedules).describe('how the learning rate goes within each task'),
  milestones: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .refine((shares) => shares.every((share, i) => i === 0 || share > shares[i - 1]), 'must rise')
    .optional()
    .describe('shares of a task after which schedule step lowers the rate; 0.5,0.75 unless given'),
  decay: z.number().gt(0).lt(1).optional().describe('factor of each milestone of schedule step; 0.1 unless given'),
  scheduleFile: z.string().min(1).optional().describe('file of stabgap refine-lr, for schedule refined'),
  scheduleSha256: sha256.optional().describe('checksum that the schedule’s file must have'),
  optimizer: z.enum(optimizers).describe('update rule'),
  momentum: z.number().min(0).lt(1).describe('momentum of sgd'),
  nesterov: z.boolean().describe('Nesterov’s form of the momentum'),
  weightDecay: z.number().min(0).describe('coefficient of ½‖θ‖² in the loss; decoupled from it with adamw'),
  resetOptimizer: z.boolean().describe('start every task with fresh optimiser state'),
  augment: z
    .array(z.enum(augmentationNames))
    .describe(`random changes of training images, in this order: ${augmentationNames.join(', ')}`),
};

const trainingSchema = z.object(training);

export type TrainingConfiguration = z.output<typeof trainingSchema>;

/** The training keys, in the order of help texts. */
export const trainingKeys = Object.keys(training) as readonly (keyof TrainingConfiguration)[];

const methodSchema = z.strictObject({
  name: z.string(),
  /** How the method is called in this experiment; its name unless given. */
  label: z
    .string()
    .regex(/^[\w.+-]+$/, 'a label may hold letters, digits, . _ + and - only')
    .optional(),
  /** The method's own options. */
  options: z.record(z.string(), z.unknown()).default({}),
  // Without defaults: what is left out here is as the experiment says.
  ...trainingSchema.partial().shape,
});

/** A method of an experiment, with what it has of its own. */
export type MethodEntry = z.output<typeof methodSchema>;

const methodEntry = z.preprocess(
  (entry: string | z.input<typeof methodSchema>) => (typeof entry === 'string' ? { name: entry } : entry),
  methodSchema,
);

/** The keys of a recipe, which are also the flags of `stabgap run`. Training keys may be set again for a single method. */
export const experimentSchema = z.strictObject({
  name: z.string().min(1).optional().describe('what the experiment is called in reports'),
  stream: z.string().default('split-digits').describe('the task sequence: <kind>-<data set>, mixture or drift-csv'),
  ...streamKeys,
  methods: z.array(methodEntry).min(1).prefault(['finetune', 'er']).describe('what to compare'),
  seeds: z
    .union([count, z.array(z.int().min(0)).min(1)], 'must be a number of seeds, 1 or more, or a list of seeds')
    .default(1)
    .describe('number of seeds (1, 2, …), or a list of them'),
  network: z.enum(networkNames).default('mlp').describe('what is trained'),
  ...networkKeys,
  epochs: training.epochs.default(1),
  batch: training.batch.default(10),
  lr: training.lr.default(0.05),
  schedule: training.schedule.default('constant'),
  milestones: training.milestones,
  decay: training.decay,
  scheduleFile: training.scheduleFile,
  scheduleSha256: training.scheduleSha256,
  optimizer: training.optimizer.default('sgd'),
  momentum: training.momentum.default(0),
  nesterov: training.nesterov.default(false),
  weightDecay: training.weightDecay.default(0),
  resetOptimizer: training.resetOptimizer.default(true),
  augment: training.augment.default([]),
  evaluateEvery: z
    .union([count, z.literal('adaptive')], 'must be a whole number of updates, 1 or more, or adaptive')
    .default(1)
    .describe('updates between evaluations (ρ), or adaptive: often where the curves move'),
  evaluateSubset: count
    .default(1000)
    .describe('largest number of test rows per task in the evaluations during training'),
  evaluateMode: z
    .enum(evaluateModes)
    .default('auto')
    .describe('evaluate the first layer incrementally where that is possible and pays, or always in full'),
  prequential: z
    .boolean()
    .default(false)
    .describe('score every stream batch just before it is learnt: test, then train'),
  gradients: z
    .boolean()
    .default(false)
    .describe('log the norms of each update’s gradient and of its plasticity and stability sides, and their cosine'),
  engine: z.enum(engines).default('auto').describe('where the computation runs'),
  imports: z.array(z.string()).default([]).describe('modules to load first, such as one that registers a method'),
  dataDir: z.string().min(1).optional().describe('folder that holds the data sets’ files; nothing is downloaded then'),
});

export type ExperimentOptions = z.input<typeof experimentSchema>;

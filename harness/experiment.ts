import * as z from 'zod';
import { UserError, parseWith } from '../base/index.ts';
import { resolveStreamOptions, scenarios, type StreamOptions } from '../benchmarks/index.ts';
import { engineNames } from '../engine/index.ts';
import { findMethod } from '../methods/index.ts';
import { optimizerNames } from './training.ts';

const count = z.int().min(1);
const rate = z.number().positive();

/** How a method is trained. Every key may be set for the whole experiment and again for a single method. */
const trainingShape = {
  epochs: count.default(1).describe('passes over each task’s training data'),
  batch: count.default(10).describe('stream rows in an update'),
  lr: rate.default(0.05).describe('learning rate'),
  optimizer: z.enum(optimizerNames).default('sgd').describe('update rule'),
  momentum: z.number().min(0).lt(1).default(0).describe('momentum of sgd'),
  weightDecay: z.number().min(0).default(0).describe('coefficient of ½‖θ‖² in the loss'),
  resetOptimizer: z.boolean().default(true).describe('start every task with fresh optimiser state'),
};

/** The training keys, in the order of help texts. */
export const trainingKeys = Object.keys(trainingShape) as readonly (keyof typeof trainingShape)[];

const methodEntry = z.union([
  z.string(),
  z.strictObject({
    name: z.string(),
    /** How the method is called in this experiment; its name unless given. */
    label: z
      .string()
      .regex(/^[\w.+-]+$/, 'a label may hold letters, digits, . _ + and - only')
      .optional(),
    /** The method's own options. */
    options: z.record(z.string(), z.unknown()).default({}),
    ...z.object(trainingShape).partial().shape,
  }),
]);

/** The keys of a recipe, which are also the flags of `stabgap run`. */
export const experimentSchema = z.strictObject({
  name: z.string().min(1).optional().describe('what the experiment is called in reports'),
  stream: z.string().default('split-digits').describe('the task sequence, <kind>-<data set>'),
  scenario: z.enum(scenarios).default('class').describe('which outputs compete'),
  tasks: count.optional().describe('number of tasks'),
  classOrder: z.enum(['natural', 'random']).optional().describe('order of the classes in split streams'),
  angles: z.array(z.number()).min(1).optional().describe('one angle a task in rotated streams, degrees'),
  methods: z.array(methodEntry).min(1).default(['finetune', 'er']).describe('what to compare'),
  seeds: z
    .union([count, z.array(z.int().min(0)).min(1)])
    .default(1)
    .describe('number of seeds (1, 2, …), or a list of them'),
  hidden: z.array(count).default([400, 400]).describe('widths of the hidden layers'),
  ...trainingShape,
  evaluateEvery: count.default(1).describe('updates between evaluations (ρ)'),
  evaluateSubset: count
    .default(1000)
    .describe('largest number of test rows per task in the evaluations during training'),
  engine: z.enum(engineNames).default('auto').describe('where the computation runs'),
  imports: z.array(z.string()).default([]).describe('modules to load first, such as one that registers a method'),
});

export type ExperimentOptions = z.input<typeof experimentSchema>;

export interface ExperimentMethod {
  readonly name: string;
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly training: TrainingConfiguration;
}

export type TrainingConfiguration = z.output<z.ZodObject<typeof trainingShape>>;

/** An experiment with nothing left open: what `experiment.json` holds. */
export interface Experiment {
  readonly name: string;
  readonly stream: string;
  readonly streamOptions: StreamOptions;
  readonly methods: readonly ExperimentMethod[];
  readonly seeds: readonly number[];
  readonly hidden: readonly number[];
  readonly evaluateEvery: number;
  readonly evaluateSubset: number;
  readonly engine: (typeof engineNames)[number];
  readonly imports: readonly string[];
}

/**
 * Checks an experiment's options, fills in the defaults and looks up every name, so that a mistake shows before anything runs.
 * @param where opens the error line: a file name, or `options`
 * @throws {UserError}
 */
export function resolveExperiment(options: ExperimentOptions, where = 'options'): Experiment {
  const given = parseWith(experimentSchema, options, where);
  const { stream, scenario, tasks, classOrder, angles } = given;
  const streamOptions = resolveStreamOptions(stream, { scenario, tasks, classOrder, angles });
  const seeds = typeof given.seeds === 'number' ? Array.from({ length: given.seeds }, (_, i) => i + 1) : given.seeds;
  const methods = given.methods.map((entry) => resolveMethod(entry, given));
  requireUnique(
    methods.map(({ label }) => label),
    (label) => `${where}: methods: ${label} stands twice; give one of them another label`,
  );
  requireUnique(seeds, (seed) => `${where}: seeds: ${seed} stands twice`);
  for (const { name } of methods) {
    const known = findMethod(name).scenarios;
    if (!known.includes(scenario))
      throw new UserError(
        `${where}: method ${name} does not run in the ${scenario} scenario (it runs in: ${known.join(', ')})`,
      );
  }
  return {
    name: given.name ?? `${stream}-${scenario}`,
    stream,
    streamOptions,
    methods,
    seeds,
    hidden: given.hidden,
    evaluateEvery: given.evaluateEvery,
    evaluateSubset: given.evaluateSubset,
    engine: given.engine,
    imports: given.imports,
  };
}

function resolveMethod(entry: z.output<typeof methodEntry>, shared: TrainingConfiguration): ExperimentMethod {
  const { name, label, options, ...overrides } =
    typeof entry === 'string' ? { name: entry, label: undefined, options: {} } : entry;
  const training = Object.fromEntries(
    trainingKeys.map((key) => [key, (overrides as Partial<TrainingConfiguration>)[key] ?? shared[key]]),
  );
  return {
    name,
    label: label ?? name,
    options: findMethod(name).parseOptions(options),
    training: training as TrainingConfiguration,
  };
}

function requireUnique<T>(items: readonly T[], message: (item: T) => string): void {
  const twice = items.find((item, i) => items.indexOf(item) !== i);
  if (twice !== undefined) throw new UserError(message(twice));
}

/** One run of an experiment: a method and a seed. */
export interface RunPlan {
  /** Folder name, such as `er-seed1`. */
  readonly name: string;
  readonly method: ExperimentMethod;
  readonly seed: number;
}

/** The runs of an experiment, seed by seed, so that an interrupted experiment has compared all methods on the first seeds. */
export function planRuns(experiment: Experiment): RunPlan[] {
  return experiment.seeds.flatMap((seed) =>
    experiment.methods.map((method) => ({ name: `${method.label}-seed${seed}`, method, seed })),
  );
}

import { UserError, parseWith } from '../base/index.ts';
import {
  datasetOf,
  resolveStreamOptions,
  resolveStreamShape,
  type Scenario,
  type StreamOptions,
  type StreamShape,
} from '../benchmarks/index.ts';
import type { EngineChoice } from '../engine/index.ts';
import { findMethod, requireScenario } from '../methods/index.ts';
import type { EvaluateEvery } from './evaluationSchedule.ts';
import {
  experimentSchema,
  trainingKeys,
  type EvaluateMode,
  type ExperimentOptions,
  type MethodEntry,
  type TrainingConfiguration,
} from './experimentSchema.ts';
import { requireUsed, resolveSchedule, withoutSchedule } from './rateSchedule.ts';
import { streamFactsOf } from './streamInfo.ts';
import { streamOptionsOf } from './streamSchema.ts';
import { augmentationOf } from './training.ts';
import { resolveNetworkOptions, type NetworkName, type NetworkOptions } from './networkSchema.ts';

/** A method of an experiment, with all that it is trained with. */
export interface ExperimentMethod extends TrainingConfiguration {
  readonly name: string;
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** An experiment with nothing left open. It has the keys of a recipe and resolves to itself: what `experiment.json` holds is one. */
export interface Experiment extends StreamOptions, NetworkOptions {
  readonly name: string;
  readonly stream: string;
  readonly methods: readonly ExperimentMethod[];
  readonly seeds: readonly number[];
  readonly network: NetworkName;
  readonly evaluateEvery: EvaluateEvery;
  readonly evaluateSubset: number;
  readonly evaluateMode: EvaluateMode;
  readonly prequential: boolean;
  /** Whether steps.csv holds the sizes of gradients. */
  readonly gradients: boolean;
  readonly engine: EngineChoice;
  readonly imports: readonly string[];
  /** Folder that holds the data sets' files; no part of what the experiment is. */
  readonly dataDir?: string;
}

/**
 * Checks an experiment's options, fills in the defaults and looks up every name, so that a mistake shows before anything runs.
 * @param where opens the error line: a file name, or `options`
 * @throws {UserError}
 */
export function resolveExperiment(options: ExperimentOptions, where = 'options'): Experiment {
  const given = parseWith(experimentSchema, options, where);
  const { stream, scenario } = given;
  const streamOptions = resolveStreamOptions(stream, streamOptionsOf(given));
  const seeds = typeof given.seeds === 'number' ? Array.from({ length: given.seeds }, (_, i) => i + 1) : given.seeds;
  const methods = given.methods.map((entry) => resolveMethod(entry, given, where));
  requireUsed(
    given,
    methods.map(({ schedule }) => schedule),
    where,
  );
  requireUnique(
    methods.map(({ label }) => label),
    (label) => `${where}: methods: ${label} stands twice; give one of them another label`,
  );
  requireUnique(seeds, (seed) => `${where}: seeds: ${seed} stands twice`);
  const dataset = datasetOf(stream);
  const shape = resolveStreamShape(stream, streamOptions);
  for (const method of methods) {
    augmentationOf(method, { name: stream, inputShape: dataset?.shape ?? [] });
    within(where, () => {
      // Where only a file says how many outputs there are, the rest is checked once it is read.
      if (shape) checkMethod(method, shape, scenario, dataset !== null);
      else requireScenario(method.name, findMethod(method.name).scenarios, scenario);
    });
  }
  return {
    name: given.name ?? `${stream}-${scenario}`,
    stream,
    ...streamOptions,
    methods,
    seeds,
    network: given.network,
    ...resolveNetworkOptions(given.network, given),
    evaluateEvery: given.evaluateEvery,
    evaluateSubset: given.evaluateSubset,
    evaluateMode: given.evaluateMode,
    prequential: given.prequential,
    gradients: given.gradients,
    engine: given.engine,
    imports: given.imports,
    dataDir: given.dataDir,
  };
}

/** @throws {UserError} if a method's options do not fit a stream of this shape */
export function checkMethod(
  { name, options, batch }: ExperimentMethod,
  shape: StreamShape,
  scenario: Scenario,
  images: boolean,
): void {
  findMethod(name).check({ ...options }, streamFactsOf(shape, { scenario, images, batch }));
}

/** The part of a method's entry that says how it is trained, without keys that are left open. */
export function trainingOf(
  entry: Partial<TrainingConfiguration>,
  shared?: TrainingConfiguration,
): TrainingConfiguration {
  const values = trainingKeys.map((key) => [key, entry[key] ?? shared?.[key]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as TrainingConfiguration;
}

function resolveMethod(entry: MethodEntry, shared: TrainingConfiguration, where: string): ExperimentMethod {
  const { name, label = name, options } = entry;
  const schedule = resolveSchedule(entry, shared, `${where}: methods: ${label}`);
  const training: TrainingConfiguration = { ...withoutSchedule(trainingOf(entry, shared), schedule), ...schedule };
  if (training.nesterov && (training.optimizer !== 'sgd' || training.momentum === 0))
    throw new UserError(
      `${where}: nesterov is a form of momentum: ${label} needs the optimizer sgd and a momentum above 0 (it has ${training.optimizer}, ${training.momentum})`,
    );
  return { name, label, options: findMethod(name).parseOptions(options), ...training };
}

/** Puts the place of a mistake before its message. */
function within(where: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${where}: ${error.message}`, { cause: error });
  }
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

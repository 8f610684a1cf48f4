import { UserError, parseWith } from '../base/index.ts';
import {
  experimentSchema,
  loadImports,
  networkKeys,
  resolveExperiment,
  withoutSchedule,
  type Experiment,
  type ExperimentOptions,
} from '../harness/index.ts';
import type { RunArguments } from './readArguments.ts';
import type { Recipe } from './recipe.ts';
import { applySettings } from './settings.ts';

/**
 * The experiment that the arguments of `stabgap run` ask for: a recipe's keys, overridden by flags, then by `--set`.
 * @throws {UserError} if the recipe, or what the flags make of it, is no experiment
 */
export async function planExperiment({
  recipe,
  flags,
  settings,
}: Omit<RunArguments, 'execution'>): Promise<Experiment> {
  await loadImports(flags.imports ?? recipe?.options.imports ?? []);
  if (recipe) checkRecipe(recipe);

  // Another network, or schedule, has other options than the recipe's.
  const given = flags.network === undefined ? recipe?.options : withoutNetwork(recipe?.options ?? {});
  const merged = { ...withoutSchedule(given ?? {}, flags), ...flags };
  if (flags.methods) merged.methods = chooseMethods(flags.methods as string[], recipe?.options.methods);
  merged.methods = applySettings(merged.methods ?? defaultMethods(), settings);
  return resolveExperiment(merged, 'flags');
}

/** A mistake in the file is named as such, before flags come into it. */
function checkRecipe({ options, where }: Recipe): void {
  try {
    resolveExperiment(options, where);
  } catch (error) {
    if (!(error instanceof UserError) || error.message.startsWith(where)) throw error;
    throw new UserError(`${where}: ${error.message}`, { cause: error });
  }
}

function withoutNetwork(options: ExperimentOptions): ExperimentOptions {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !(key in networkKeys)));
}

type Methods = NonNullable<ExperimentOptions['methods']>;

/** `--methods er` means the recipe's own `er`, with the options it has there, if the recipe has one. */
function chooseMethods(labels: readonly string[], entries: Methods = []): Methods {
  return labels.map(
    (label) => entries.find((entry) => typeof entry === 'object' && (entry.label ?? entry.name) === label) ?? label,
  );
}

function defaultMethods(): Methods {
  return parseWith(experimentSchema.shape.methods, undefined, 'methods');
}

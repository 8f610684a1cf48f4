import { readExecution, type Execution } from './executionFlags.ts';
import { readExperimentFlags } from './experimentFlags.ts';
import type { ExperimentOptions } from '../harness/experimentSchema.ts';
import { readRecipe, type Recipe } from './recipe.ts';

/** The arguments of `stabgap run`, each checked by itself. */
export interface RunArguments {
  readonly recipe?: Recipe;
  /** The keys that flags set. */
  readonly flags: ExperimentOptions;
  /** `<method>.<key>=<value>` */
  readonly settings: readonly string[];
  readonly execution: Execution;
}

/**
 * Reads the arguments without loading the engine, so that a slip is answered at once.
 * @throws {UserError} naming the file or the flag that does not fit
 */
export function readArguments(argv: Readonly<Record<string, unknown>>): RunArguments {
  return {
    recipe: typeof argv.recipe === 'string' ? readRecipe(argv.recipe) : undefined,
    flags: readExperimentFlags(argv),
    settings: (argv.set ?? []) as string[],
    execution: readExecution(argv),
  };
}

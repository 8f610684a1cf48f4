import { UserError } from '../base/index.ts';
import { readSteps } from './steps.ts';

/** The two sides of the gradient at every update of a run. Columnar: row r is one update. */
export interface GradientLog {
  /** `[rows]`, number of the update, from 1. */
  readonly steps: Float64Array;
  /** `[rows]` each: Euclidean norms, NaN for an update with one side only. */
  readonly plasticity: Float64Array;
  readonly stability: Float64Array;
  /** `[rows]`, in [−1, 1]; NaN where it is undefined. */
  readonly cosine: Float64Array;
}

/** Reads the columns of `--gradients` in `steps.csv`. Throws a UserError as `readSteps` does, and for a column that is missing. */
export function readGradients(path: string): GradientLog {
  const { steps, values } = readSteps(path);
  const column = (name: string): Float64Array => {
    const found = values.get(name);
    if (!found) throw new UserError(`${path}, row 1: column "${name}" is missing, and run.json says that it is there`);
    return found;
  };
  return {
    steps,
    plasticity: column('plasticity_norm'),
    stability: column('stability_norm'),
    cosine: column('gradient_cosine'),
  };
}

/**
 * @file The cost metrics of Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), each in [0, 1] with 1 for the cheapest. N tasks; one number
 * a task goes in, in the order of training. The formulas are as the literature quotes them; only that of MS was checked against a code.
 */

/**
 * MS, model size efficiency: min(1, 1/N Σ_i Mem(θ_1) / Mem(θ_i)), Mem(θ_i) the size of the model after task i, in any unit. 1 for a model
 * that does not grow.
 *
 * Source: Díaz-Rodríguez et al. 2018; Continuum, commit 43ba009, `get_model_size_growth`. Null without tasks.
 * @throws {RangeError} for a size that is not above 0
 * @example 100, 150, 200 and 400 parameters: (1 + 2/3 + 1/2 + 1/4) / 4 = .6042
 */
export function modelSizeEfficiency(sizes: readonly number[]): number | null {
  requireAll(sizes, 'model size', (size) => size > 0, 'above 0');
  return sizes.length === 0 ? null : Math.min(1, meanOf(sizes.map((size) => sizes[0] / size)));
}

/**
 * SSS, samples storage size efficiency: 1 - min(1, 1/N Σ_i Mem(M_i) / Mem(D)), Mem(M_i) the memory that stored samples take after task i,
 * Mem(D) that of all training data of the lifetime, in one unit. 1 without a buffer, 0 for one that keeps everything throughout.
 *
 * Source: Díaz-Rodríguez et al. 2018. Null without tasks.
 * @throws {RangeError} for a memory below 0, and for `total` not above 0
 * @example 100 and 200 of 1000 samples: 1 - (.1 + .2) / 2 = .85
 */
export function sampleStorageEfficiency(stored: readonly number[], total: number): number | null {
  requireAll(stored, 'stored memory', (memory) => memory >= 0, '0 or more');
  requireAll([total], 'total memory', (memory) => memory > 0, 'above 0');
  return stored.length === 0 ? null : 1 - Math.min(1, meanOf(stored.map((memory) => memory / total)));
}

/**
 * CE, computational efficiency: min(1, 1/N Σ_i ε Ops↑↓(Tr_i) / Ops(Tr_i)), Ops↑↓(Tr_i) the operations of one forward and backward pass over
 * the training data of task i, Ops(Tr_i) those that learning it took. ε raises what would be tiny with many epochs; it is a choice,
 * so compare with one ε only.
 *
 * Source: Díaz-Rodríguez et al. 2018. Null without tasks.
 * @throws {RangeError} for lists of two lengths, operations not above 0, and ε not above 0
 * @example Passes of 10 and 10, learning in 100 and 50, ε = 1: (.1 + .2) / 2 = .15
 */
export function computationalEfficiency(
  passes: readonly number[],
  learning: readonly number[],
  epsilon = 1,
): number | null {
  if (passes.length !== learning.length)
    throw new RangeError(`${passes.length} numbers of operations of passes, but ${learning.length} of learning`);
  requireAll([...passes, ...learning], 'number of operations', (operations) => operations > 0, 'above 0');
  requireAll([epsilon], 'epsilon', (value) => value > 0, 'above 0');
  return passes.length === 0 ? null : Math.min(1, meanOf(passes.map((pass, i) => (epsilon * pass) / learning[i])));
}

function requireAll(
  values: readonly number[],
  what: string,
  isAllowed: (value: number) => boolean,
  allowed: string,
): void {
  const wrong = values.find((value) => !(Number.isFinite(value) && isAllowed(value)));
  if (wrong !== undefined) throw new RangeError(`${what} ${wrong} is not ${allowed}`);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @file The cost metrics of Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), each in [0, 1] with 1 for the cheapest. N tasks; one number
 * a task goes in, in the order of training. The formulas are as the literature quotes them; only that of MS was checked against a code.
 */

/**
 * Model size efficiency (MS): how little the model grows. Mem(θ_i) is its size after task i, in any unit.
 *
 *     MS = min(1, 1/N Σ_i Mem(θ_1) / Mem(θ_i))
 *
 * 1 for a model that does not grow. Null without tasks.
 *
 * Unit: a share, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166); agrees with Continuum, commit 43ba009, `get_model_size_growth`.
 *
 * @param sizes one a task, in the order of training
 * @throws {RangeError} for a size that is not above 0
 * @example modelSizeEfficiency([100, 150, 200, 400]) // (1 + 2 / 3 + 1 / 2 + 1 / 4) / 4 = 0.604166667
 */
export function modelSizeEfficiency(sizes: readonly number[]): number | null {
  requireAll(sizes, 'model size', (size) => size > 0, 'above 0');
  return sizes.length === 0 ? null : Math.min(1, meanOf(sizes.map((size) => sizes[0] / size)));
}

/**
 * Samples storage size efficiency (SSS): how little a replay buffer stores. Mem(M_i) is the memory that stored samples take after task i, Mem(D)
 * that of all training data of the lifetime, in one unit.
 *
 *     SSS = 1 − min(1, 1/N Σ_i Mem(M_i) / Mem(D))
 *
 * 1 without a buffer, 0 for one that keeps everything throughout. Null without tasks.
 *
 * Unit: a share, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), as the literature quotes it.
 *
 * @param stored one a task, in the order of training
 * @throws {RangeError} for a memory below 0, and for `total` not above 0
 * @example sampleStorageEfficiency([100, 200], 1000) // 1 - (0.1 + 0.2) / 2 = 0.85
 */
export function sampleStorageEfficiency(stored: readonly number[], total: number): number | null {
  requireAll(stored, 'stored memory', (memory) => memory >= 0, '0 or more');
  requireAll([total], 'total memory', (memory) => memory > 0, 'above 0');
  return stored.length === 0 ? null : 1 - Math.min(1, meanOf(stored.map((memory) => memory / total)));
}

/**
 * Computational efficiency (CE): how little learning costs beyond one pass. Ops↑↓(Tr_i) are the operations of one forward and backward pass over
 * the training data of task i, Ops(Tr_i) those that learning it took.
 *
 *     CE = min(1, 1/N Σ_i ε Ops↑↓(Tr_i) / Ops(Tr_i))
 *
 * ε raises what would be tiny with many epochs; it is a choice, so state it, and compare with one ε only. Null without tasks.
 *
 * Unit: a share, in (0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), as the literature quotes it.
 *
 * @param passes Ops↑↓(Tr_i), one a task, in the order of training
 * @param learning Ops(Tr_i), likewise
 * @throws {RangeError} for lists of two lengths, operations not above 0, and ε not above 0
 * @example computationalEfficiency([10, 10], [100, 50]) // (0.1 + 0.2) / 2 = 0.15
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

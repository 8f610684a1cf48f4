import type { Rng } from '../../base/index.ts';
import type { EvaluationLog } from '../../logs/index.ts';

/** How the values of a simulated log come about. */
export interface Simulation {
  readonly tasks: number;
  /** Evaluations in the training of each task. */
  readonly perTask: number;
  /** Items that each evaluation has. */
  readonly items: number;
  readonly accuracy: number;
  /** Whether the log says what was trained. */
  readonly named: boolean;
  /**
   * `drawn`: every evaluation has items of its own, and the model never changes; or `fixed`: always the same items, and the model's
   * accuracy goes up and down about its mean, as an autoregression that forgets all but 1/e of itself in this share of a task's training.
   */
  readonly noise: 'drawn' | { readonly memory: number };
  /** What the log tells of the error of its values. */
  readonly known: 'counts' | 'errors' | 'nothing' | 'items';
  /** What happens to the first task when the second is trained. */
  readonly fall?: Fall;
}

export interface Fall {
  readonly depth: number;
  /** Evaluations that it takes; Infinity for one that stays. */
  readonly evaluations: number;
}

export interface Simulated {
  readonly log: EvaluationLog;
  /** Scores by item; null where the log has none. */
  readonly scores: ((task: number, row: number) => ReadonlyMap<string, number>) | null;
}

/** Standard deviation of the model's accuracy p in units of √(p(1 − p)): as much as 500 items drawn anew would be off by. */
const jitter = 1 / Math.sqrt(500);

/** A log whose tasks are trained in turn and change by nothing but noise, and by the fall that is asked for. */
export function simulate(simulation: Simulation, rng: Rng): Simulated {
  const { tasks: count, perTask, named, known, items } = simulation;
  const rows = count * perTask;
  const tasks = Array.from({ length: count }, (_, task) => `task ${task + 1}`);
  const answers = known === 'items' ? tasks.map((_, task) => answersOf(simulation, task, rng)) : null;
  const values = tasks.map((_, task) =>
    answers ? answers[task].map((right) => meanOf(right)) : valuesOf(simulation, task, rng),
  );
  const log: EvaluationLog = {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks,
    steps: Float64Array.from({ length: rows }, (_, row) => row + 1),
    trainingTask: Int32Array.from({ length: rows }, (_, row) => (named ? Math.floor(row / perTask) : -1)),
    values: values.map((each) => Float64Array.from(each)),
    ...(known === 'counts' && { counts: tasks.map(() => new Float64Array(rows).fill(items)) }),
    // As lm-evaluation-harness has them: none where all answers are alike.
    ...(known === 'errors' && {
      standardErrors: values.map((each) =>
        Float64Array.from(each, (value) => Math.sqrt((value * (1 - value)) / (items - 1)) || NaN),
      ),
    }),
  };
  if (answers === null) return { log, scores: null };
  const names = Array.from({ length: items }, (_, item) => `${item}`);
  const scores = answers.map((each) => each.map((right) => new Map(names.map((name, item) => [name, right[item]]))));
  return { log, scores: (task, row) => scores[task][row] };
}

/** The accuracy of the model in each row. */
function* accuracies({ tasks, perTask, accuracy, noise, fall }: Simulation, task: number, rng: Rng): Generator<number> {
  const kept = noise === 'drawn' ? 0 : Math.exp(-1 / (noise.memory * perTask));
  const size = noise === 'drawn' ? 0 : jitter * Math.sqrt(accuracy * (1 - accuracy));
  let state = rng.normal();
  for (let row = 0; row < tasks * perTask; row++) {
    const since = row - perTask;
    const fallen = fall && task === 0 && since >= 0 && since < fall.evaluations ? fall.depth : 0;
    yield accuracy - fallen + size * state;
    state = kept * state + Math.sqrt(1 - kept ** 2) * rng.normal();
  }
}

function valuesOf(simulation: Simulation, task: number, rng: Rng): number[] {
  const { items, noise } = simulation;
  return Array.from(accuracies(simulation, task, rng), (accuracy) =>
    noise === 'drawn'
      ? binomial(items, accuracy)(rng) / items
      : Math.min(1, Math.max(0, Math.round(items * accuracy) / items)),
  );
}

/** Right (1) or wrong (0) by row and item. Drawn: each item is right by a chance of its own; fixed: where the model is above the item's difficulty. */
function answersOf(simulation: Simulation, task: number, rng: Rng): Uint8Array[] {
  const { items, noise, accuracy: mean } = simulation;
  const ease = Array.from({ length: items }, () => rng.uniform());
  return Array.from(accuracies(simulation, task, rng), (accuracy) =>
    Uint8Array.from(ease, (each) => {
      if (noise !== 'drawn') return each < accuracy ? 1 : 0;
      // Half of the items are all but sure, one way or the other; the others are right as often as all are.
      const chance = each < mean / 2 ? 0.99 : each < 0.5 ? 0.01 : accuracy;
      return rng.uniform() < chance ? 1 : 0;
    }),
  );
}

const samplers = new Map<string, (rng: Rng) => number>();

/** Draws from a binomial distribution, by its cumulative probabilities. */
function binomial(n: number, p: number): (rng: Rng) => number {
  const key = `${n} ${p}`;
  const known = samplers.get(key);
  if (known) return known;
  const cumulative = new Float64Array(n + 1);
  let [log, sum] = [n * Math.log1p(-p), 0];
  for (let k = 0; k <= n; k++) {
    sum += Math.exp(log);
    cumulative[k] = sum;
    log += Math.log((n - k) / (k + 1)) + Math.log(p / (1 - p));
  }
  const sampler = (rng: Rng): number => {
    const u = rng.uniform() * sum;
    let [low, high] = [0, n];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > u) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  samplers.set(key, sampler);
  return sampler;
}

function meanOf(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

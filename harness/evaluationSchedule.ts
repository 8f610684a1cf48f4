import { afterUpdate, beginTask, isDue, type AdaptiveState, type Moment } from './adaptive.ts';
import type { Evaluator, Score } from './evaluate.ts';
import type { ExperimentOptions } from './experimentSchema.ts';
import { isEvaluated } from './schedule.ts';

/** Updates between two evaluations (ρ), or `adaptive`: as the curves ask for it. */
export type EvaluateEvery = NonNullable<ExperimentOptions['evaluateEvery']>;

/** Says after which updates the seen tasks are evaluated. */
export interface EvaluationSchedule {
  /** A task begins. @param scores the evaluation before its first update */
  begin(scores: readonly Score[]): void;
  /** Whether an evaluation follows a task's `update`-th update of `updates`. Asked once after every update. */
  isDue(update: number, updates: number): Promise<boolean>;
  /** Told each evaluation that was due. */
  evaluated(scores: readonly Score[]): void;
  /** What a checkpoint keeps of it; null if nothing is needed. */
  state(): AdaptiveState | null;
}

/**
 * @param createProbe makes the evaluator, on small subsets, that the adaptive schedule asks after every update; others make none
 * @param resumed the state that a checkpoint kept
 */
export async function createSchedule(
  every: EvaluateEvery,
  createProbe: () => Promise<Pick<Evaluator, 'evaluate'>>,
  resumed?: AdaptiveState | null,
): Promise<EvaluationSchedule> {
  return every === 'adaptive' ? adaptive(await createProbe(), resumed ?? beginTask([])) : periodic(every);
}

function periodic(every: number): EvaluationSchedule {
  return {
    begin() {},
    isDue: (update, updates) => Promise.resolve(isEvaluated(update, updates, every)),
    evaluated() {},
    state: () => null,
  };
}

function adaptive(probe: Pick<Evaluator, 'evaluate'>, resumed: AdaptiveState): EvaluationSchedule {
  let state = resumed;
  let moment: Moment = { update: 0, updates: 0, probe: [] };
  return {
    begin(scores) {
      state = beginTask(scores.slice(0, -1));
    },
    async isDue(update, updates) {
      moment = { update, updates, probe: await probe.evaluate(state.watched.length) };
      const due = isDue(state, moment);
      if (!due) state = afterUpdate(state, moment, null);
      return due;
    },
    evaluated(scores) {
      state = afterUpdate(state, moment, scores);
    },
    state: () => state,
  };
}

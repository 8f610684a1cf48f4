import type { EvaluationLog } from '../../logs/index.ts';
import type { PairedError } from '../events/courses.ts';
import { signOf } from '../segments.ts';
import { differenceError } from './value-error.ts';

/** What a round added to one benchmark. */
export interface RoundGain {
  /** By name and by index into the log's tasks. */
  readonly task: string;
  readonly taskIndex: number;
  readonly round: number;
  /** The round before in which it was evaluated. */
  readonly previousRound: number;
  /** g = s_t − s_{t−1}, turned so that above 0 is better. */
  readonly gain: number;
  readonly standardError: number | null;
  /** Whether the error is that of paired items. */
  readonly paired: boolean;
  /** g < 2 standard errors: the round added nothing that chance does not explain, or took away. Null where the error is not known. */
  readonly saturated: boolean | null;
}

/**
 * The gain of every round on every benchmark, g_t = s_t − s_{t−1}, and whether the loop is saturated: g_t < 2 SE.
 *
 * SE is that of paired items where they are known; else √(e₁² + e₂²) of the standard errors of the log, or of binomial ones from the number of items.
 * Unit: that of the log. A benchmark's first round has none; rows of the log in order.
 *
 * Source: the rule is an own choice; two standard errors are about 95 %.
 *
 * @example .5 → .6 with errors .02 each: gain .1, error .0283, not saturated
 */
export function roundGains(
  log: EvaluationLog,
  { pairedError }: { readonly pairedError?: PairedError } = {},
): RoundGain[] {
  const sign = signOf(log);
  return log.tasks.flatMap((task, taskIndex) => {
    const values = log.values[taskIndex];
    const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
    return rows.slice(1).map((row, i) => {
      const gain = sign * (values[row] - values[rows[i]]);
      const { error, paired } = differenceError(log, taskIndex, [rows[i], row], pairedError);
      return {
        task,
        taskIndex,
        round: log.steps[row],
        previousRound: log.steps[rows[i]],
        gain,
        standardError: error,
        paired,
        saturated: error === null ? null : gain < 2 * error,
      };
    });
  });
}

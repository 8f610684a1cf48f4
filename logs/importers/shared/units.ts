import { UserError } from '../../../base/index.ts';
import type { EvaluationLog } from '../../types.ts';
import type { ImportOptions } from '../importer.ts';

/** Names of measures of which lower values are better, as whole words of a metric's name. */
const lowerIsBetter =
  /(^|[^a-z])(loss|nll|ppl|perplexity|bits_per_byte|bpb|bpc|error|err|wer|cer|mse|rmse|mae|ter|fid|kl|ece|brier|toxicity)([^a-z]|$)/i;

/** Names of measures that are shares or percentages, as whole words. */
const shareLike =
  /(^|[^a-z])(acc|accuracy|top1|top5|f1|em|exact_match|exact|recall|precision|pass|mc1|mc2|win|winrate)([^a-z]|$)/i;

/** Whether a measure is a share or percentage by its name, such as `acc` or `Top1_Acc_Exp`. */
export function isShare(metric: string): boolean {
  return shareLike.test(metric);
}

/** A percentage that is a plausible best value of a task: below, a scale of its own (such as 0 to 10) is as plausible. */
const plausiblePercent = 10;

/** Which values of a metric are better, and what to say of it where it was guessed. */
export function directionOf(
  metric: string,
  { better }: ImportOptions,
): { readonly higher: boolean; readonly note: string | null } {
  if (better) return { higher: better === 'higher', note: null };
  if (lowerIsBetter.test(metric))
    return {
      higher: false,
      note: `lower values of ${metric} are taken to be better, by its name; --better higher says otherwise`,
    };
  return { higher: true, note: null };
}

/**
 * The log with values as shares in [0, 1] where they are percentages, and what to say of it. Values between 0 and 100 of which some are above 1.5 are taken
 * for percentages where the measure is named like a share, or where each task reaches 10. Losses and the like stay as they are.
 *
 * @throws {UserError} where fractions and percentages are mixed: a task jumps by a factor of about 100, or one named like a share stays below 1 while another is above
 */
export function asShares(
  log: EvaluationLog,
  { unit }: ImportOptions,
  path: string,
): { readonly log: EvaluationLog; readonly note: string | null } {
  if (unit === 'fraction') return { log, note: null };
  if (unit === 'percent') return { log: scaled(log), note: null };
  const maxima = log.values.map(greatest);
  const largest = Math.max(...maxima.filter((value) => value > -Infinity));
  const within = log.values.every((values) =>
    values.every((value) => Number.isNaN(value) || (value >= 0 && value <= 100)),
  );
  if (!log.higherIsBetter || !within || !(largest > 1.5)) return { log, note: null };
  refuseJumps(log, path);
  const named = isShare(log.measure);
  const small = maxima.findIndex((value) => value > 0 && value <= 1);
  if (named && small >= 0) {
    const large = maxima.findIndex((value) => value > 1.5);
    throw mixed(path, `${log.tasks[small]} stays below 1, ${log.tasks[large]} goes up to ${maxima[large]}`);
  }
  if (!named && maxima.some((value) => value > 0 && value <= plausiblePercent)) return { log, note: null };
  return {
    log: scaled(log),
    note: `values of ${log.measure} up to ${largest} are taken for percentages and divided by 100; --unit fraction says otherwise`,
  };
}

/** From one evaluation to the next a task may improve a lot, but not from .3 to 30. */
function refuseJumps({ tasks, steps, values }: EvaluationLog, path: string): void {
  values.forEach((own, task) => {
    let previous = -1;
    own.forEach((value, row) => {
      if (!(value > 0)) return;
      const before = own[previous];
      const [low, high] = before < value ? [before, value] : [value, before];
      if (previous >= 0 && low <= 1 && high > 1.5 && high / low > 80 && high / low < 125) {
        const jump = `${tasks[task]} is ${before} at step ${steps[previous]} and ${value} at step ${steps[row]}`;
        throw mixed(path, jump);
      }
      previous = row;
    });
  });
}

function mixed(path: string, finding: string): UserError {
  return new UserError(
    `${path} seems to mix fractions and percentages: ${finding}; write all in one unit, or say which it is with --unit percent or --unit fraction`,
  );
}

function greatest(values: Float64Array): number {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}

function scaled(log: EvaluationLog): EvaluationLog {
  const divide = (arrays: readonly Float64Array[]): Float64Array[] =>
    arrays.map((array) => array.map((value) => value / 100));
  return {
    ...log,
    values: divide(log.values),
    ...(log.standardErrors && { standardErrors: divide(log.standardErrors) }),
  };
}

import type { EvaluationLog } from '../types.ts';
import type { ImportOptions } from './importer.ts';

/** Names of measures of which lower values are better, as whole words of a metric's name. */
const lowerIsBetter =
  /(^|[^a-z])(loss|nll|ppl|perplexity|word_perplexity|byte_perplexity|bits_per_byte|bpb|bpc|error|err|wer|cer|mse|rmse|mae|ter|fid|kl|ece|brier|toxicity)([^a-z]|$)/i;

/** Names of measures that are shares or percentages, as whole words. */
const shareLike =
  /(^|[^a-z])(acc|acc_norm|accuracy|top1|top5|f1|em|exact_match|exact|recall|precision|pass|score|rate|mc1|mc2|bleu|rouge|win)([^a-z]|$)/i;

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
 * The log with values as shares in [0, 1] where they are percentages, and what to say of it. Percent is taken for granted where values of what is
 * named like a share lie between 1 and 100 and at least one is above 1.5; mixed units cannot be told apart and stay as they are.
 */
export function asShares(
  log: EvaluationLog,
  { unit }: ImportOptions,
): { readonly log: EvaluationLog; readonly note: string | null } {
  if (unit === 'fraction') return { log, note: null };
  const values = log.values.flatMap((each) => [...each]).filter((value) => !Number.isNaN(value));
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const smallest = values.reduce((least, value) => Math.min(least, value), Infinity);
  const looksPercent =
    shareLike.test(log.measure) && log.higherIsBetter && smallest >= 0 && largest > 1.5 && largest <= 100;
  if (unit !== 'percent' && !looksPercent) return { log, note: null };
  const scaled = (arrays: readonly Float64Array[]): Float64Array[] =>
    arrays.map((array) => array.map((value) => value / 100));
  return {
    log: {
      ...log,
      values: scaled(log.values),
      ...(log.standardErrors && { standardErrors: scaled(log.standardErrors) }),
    },
    note:
      unit === 'percent'
        ? null
        : `values of ${log.measure} up to ${largest} are taken for percentages and divided by 100; --unit fraction says otherwise`,
  };
}

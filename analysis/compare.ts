import { UserError, unknownName } from '../base/index.ts';
import type { Experiment } from '../logs/index.ts';
import {
  cohensDz,
  friedman,
  holm,
  meanAndStd,
  nemenyiDifference,
  pairedDifferences,
  pairedTTest,
  rankBiserial,
  rankGroups,
  runMetrics,
  significanceWarning,
  tInterval,
  wilcoxonSignedRank,
  type RunMetric,
  type Summary,
} from '../metrics/index.ts';
import { scoresOf, type Scores } from './scores.ts';

export interface CompareOptions {
  /** The label of the method that the others are set beside. */
  readonly baseline: string;
  /** The name of a metric of a report's table, such as `min-acc`. */
  readonly metric: string;
  /** What is paired: seeds, or experiments by their means over seeds. By experiment where there are several. */
  readonly by?: 'seed' | 'experiment';
  readonly alpha?: number;
}

/** One method beside the baseline. Differences are method − baseline, in the unit of the metric. */
export interface ComparedMethod extends Summary {
  readonly method: string;
  /** Mean of the differences with its 95 % t interval; null for the baseline, and for fewer than two pairs. */
  readonly difference: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** Two-sided paired t test; null where it has none. `holm` is adjusted for all methods. */
  readonly tTest: { readonly p: number; readonly holm: number } | null;
  /** Wilcoxon's signed-rank test, exact for few pairs. */
  readonly wilcoxon: { readonly p: number; readonly holm: number } | null;
  readonly cohensDz: number | null;
  readonly rankBiserial: number | null;
  /** Mean rank over the pairs, 1 for the best; null for a single pair. */
  readonly rank: number | null;
  /** By the t test for fewer than six pairs, which Wilcoxon's test could never tell apart, else by Wilcoxon's. */
  readonly verdict: 'baseline' | 'better' | 'worse' | 'not shown';
}

/** How methods compare on one metric. */
export interface Comparison {
  readonly metric: string;
  readonly better: RunMetric['direction'];
  readonly unit: RunMetric['unit'];
  readonly baseline: string;
  readonly by: 'seed' | 'experiment';
  /** What was paired: seeds or names of experiments. */
  readonly pairs: readonly string[];
  readonly alpha: number;
  readonly verdictBy: 't' | 'wilcoxon';
  /** Best mean rank first. */
  readonly methods: readonly ComparedMethod[];
  /** Friedman's test by Iman and Davenport, and the critical difference of mean ranks by Nemenyi with the groups that it cannot tell apart; null for a single pair. */
  readonly ranks: {
    readonly p: number;
    readonly criticalDifference: number;
    readonly groups: readonly (readonly string[])[];
  } | null;
  /** What keeps numbers from meaning what they seem to. */
  readonly warnings: readonly string[];
}

/** Fewer pairs than these can never be significant in a two-sided Wilcoxon test. */
const fewestForWilcoxon = 6;

/** Beyond these decimals differences are rounding; Wilcoxon's test must see ties. */
const decimals = 10;

/**
 * Methods beside a baseline on one metric, paired by seed or by experiment, with Holm's correction over the methods, effect sizes and ranks.
 *
 * @throws {UserError} for an unknown baseline or metric, for an experiment whose runs follow different protocols, and where no pair has a value of every method
 */
export function compare(experiments: readonly Experiment[], options: CompareOptions): Comparison {
  const { baseline, alpha = 0.05, by = experiments.length > 1 ? 'experiment' : 'seed' } = options;
  const metric = runMetrics.find(({ name }) => name === options.metric);
  if (!metric)
    throw unknownName('metric', options.metric, runMetrics.map(({ name }) => name)); // prettier-ignore
  if (by === 'experiment' && experiments.length === 1)
    throw new UserError('--by experiment needs several experiments; name more folders, or leave it out');
  const scores = scoresOf(experiments, metric, by);
  const reference = scores.methods.indexOf(baseline);
  if (reference < 0) throw unknownName('method in --baseline', baseline, scores.methods);
  const { pairs, methods } = scores;
  const verdictBy = pairs.length < fewestForWilcoxon ? 't' : 'wilcoxon';
  const ranks = friedman(scores.rows, metric.direction);
  const compared = comparedMethods(scores, { reference, metric, alpha, verdictBy }, ranks?.averageRanks ?? null);
  return {
    metric: metric.name,
    better: metric.direction,
    unit: metric.unit,
    baseline,
    by,
    pairs,
    alpha,
    verdictBy,
    methods: compared.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0)),
    ranks: ranks && ranked(ranks, scores, alpha),
    warnings: [...scores.warnings, ...smallSamples(pairs.length, methods.length, alpha)],
  };
}

interface Setting {
  readonly reference: number;
  readonly metric: RunMetric;
  readonly alpha: number;
  readonly verdictBy: Comparison['verdictBy'];
}

function comparedMethods(
  { methods, rows }: Scores,
  { reference, metric, alpha, verdictBy }: Setting,
  ranks: readonly number[] | null,
): ComparedMethod[] {
  const column = (j: number): number[] => rows.map((row) => row[j]);
  const differences = methods.map((_, j) => pairedDifferences(column(j), column(reference), decimals));
  const others = methods.map((_, j) => j).filter((j) => j !== reference);
  const adjusted = (of: (values: readonly number[]) => { readonly p: number } | null) => {
    const tests = others.map((j) => ({ j, p: of(differences[j])?.p ?? null })).filter((test) => test.p !== null);
    const after = holm(tests.map(({ p }) => p!));
    return new Map(tests.map(({ j, p }, i) => [j, { p: p!, holm: after[i] }]));
  };
  const tTests = adjusted((values) => pairedTTest(values));
  const wilcoxons = adjusted((values) => wilcoxonSignedRank(values));
  const sign = metric.direction === 'higher' ? 1 : -1;
  return methods.map((method, j) => {
    const own = differences[j];
    const interval = j === reference ? null : tInterval(own);
    const difference = j === reference ? null : meanAndStd(own).mean;
    const test = (verdictBy === 't' ? tTests : wilcoxons).get(j);
    const shown = test !== undefined && test.holm <= alpha && difference !== null;
    return {
      method,
      ...meanAndStd(column(j)),
      difference,
      interval: interval && [interval.low, interval.high],
      tTest: tTests.get(j) ?? null,
      wilcoxon: wilcoxons.get(j) ?? null,
      cohensDz: j === reference ? null : cohensDz(own),
      rankBiserial: j === reference ? null : rankBiserial(own),
      rank: ranks?.[j] ?? null,
      verdict: j === reference ? 'baseline' : !shown ? 'not shown' : sign * difference > 0 ? 'better' : 'worse',
    };
  });
}

function ranked(
  { averageRanks, imanDavenport }: NonNullable<ReturnType<typeof friedman>>,
  { methods, pairs }: Scores,
  alpha: number,
): Comparison['ranks'] {
  const criticalDifference = nemenyiDifference(methods.length, pairs.length, alpha);
  const groups = rankGroups(averageRanks, criticalDifference).map((group) => group.map((j) => methods[j]));
  return { p: imanDavenport.p, criticalDifference, groups };
}

function smallSamples(pairs: number, methods: number, alpha: number): string[] {
  const comparisons = Math.max(1, methods - 1);
  const wilcoxon = significanceWarning('wilcoxon', pairs, { alpha, comparisons });
  const ranks = methods < 2 ? null : significanceWarning('friedman', [pairs, methods], { alpha });
  return [wilcoxon, ranks].filter((warning) => warning !== null);
}

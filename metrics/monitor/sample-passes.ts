import type { SampleLog } from '../../logs/index.ts';
import type { MeanAndStandardError } from '../stats/standard-error.ts';
import { coverageLoss, type CoverageChange } from './coverage.ts';
import { meanPassAtK, passAtK, type Tally } from './pass-at-k.ts';
import { fewestAnswers, type RoundQueries } from './sample-queries.ts';
import { computed, missing, type Section } from './section.ts';

/** pass@k of every round, for several k. */
export interface PassAtKRounds {
  readonly ks: readonly number[];
  readonly rounds: readonly {
    readonly round: number;
    /** In the order of `ks`. */
    readonly passAtK: readonly MeanAndStandardError[];
  }[];
}

export interface CoverageRounds {
  /** K, the largest k that every problem has answers for. */
  readonly k: number;
  readonly rounds: readonly CoverageChange[];
}

function talliesOf({ correct }: SampleLog, { queries }: RoundQueries): Tally[] {
  return queries.map(({ answers }) => ({
    n: answers.length,
    c: answers.reduce((sum, row) => sum + correct[row], 0),
  }));
}

/** Powers of two up to the most, and the most. */
function defaultKs(most: number): number[] {
  const ks: number[] = [];
  for (let k = 1; k < most; k *= 2) ks.push(k);
  return [...ks, most];
}

export function passSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
  given?: readonly number[],
): Section<PassAtKRounds> {
  const most = fewestAnswers(rounds);
  const ks = given ?? defaultKs(most);
  const tooLarge = ks.find((k) => k > most);
  if (tooLarge !== undefined)
    return missing(`pass@${tooLarge} needs ${tooLarge} answers to every problem, and one has ${most}`);
  return computed({
    ks,
    rounds: rounds.map((own) => {
      const tallies = talliesOf(samples, own);
      return { round: own.round, passAtK: ks.map((k) => meanPassAtK(tallies, k)!) };
    }),
  });
}

export function coverageSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
  alpha: number,
): Section<CoverageRounds> {
  const k = fewestAnswers(rounds);
  if (rounds.length < 2) return missing('a single round');
  if (k < 2) return missing('a problem has a single answer in a round: pass@K needs 2 or more to every problem');
  const measured = rounds.map((own) => {
    const tallies = talliesOf(samples, own);
    const by = (at: number): Map<number, number> =>
      new Map(own.queries.map(({ problem }, i) => [problem, passAtK(tallies[i].n, tallies[i].c, at)!]));
    return {
      round: own.round,
      passAt1: meanPassAtK(tallies, 1)!.mean,
      passAtK: meanPassAtK(tallies, k)!.mean,
      byProblem: { passAt1: by(1), passAtK: by(k) },
    };
  });
  return computed({ k, rounds: coverageLoss(measured, alpha) });
}

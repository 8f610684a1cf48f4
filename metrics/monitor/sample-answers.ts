import type { SampleLog } from '../../logs/index.ts';
import type { Vote } from './majority.ts';
import { commonNumbers, type RoundQueries } from './sample-queries.ts';
import { computed, missing, type Section } from './section.ts';
import { sharpening, type Sharpening } from './sharpening.ts';
import { changesSinceBase, type ByProblem, type SinceBase } from './shift.ts';

export interface SharpeningRounds {
  readonly rounds: readonly (Sharpening & { readonly round: number })[];
  /** The share of confident errors in each later round against the first; its rise is tested. */
  readonly confidentErrors: readonly SinceBase[];
}

/**
 * Of each problem as many answers count in every round as it has in the round with the fewest, for mass and entropy depend on their number.
 */
export function sharpeningSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
  delta: number,
): Section<SharpeningRounds> {
  const { answer, correct } = samples;
  if (answer === null) return missing('no column for the answer');
  const common = commonNumbers(rounds, (row) => answer.ids[row] >= 0);
  if (![...common.values()].some((answers) => answers >= 2))
    return missing('no problem has two answers in every round');
  const votes = rounds.map(({ round, queries }) => ({
    round,
    queries: queries.flatMap(({ problem, answers }) => {
      const known = answers.filter((row) => answer.ids[row] >= 0).slice(0, common.get(problem)!);
      // One answer is always unanimous.
      if (known.length < 2) return [];
      const own = known.map((row): Vote => ({ answer: answer.ids[row], correct: correct[row] === 1 }));
      return [{ problem, votes: own }];
    }),
  }));
  const found = votes.flatMap(({ round, queries }) => {
    const own = sharpening(
      queries.map((query) => query.votes),
      delta,
    );
    return own === null ? [] : [{ round, ...own }];
  });
  const confident = votes.map(({ round, queries }) => ({
    round,
    values: new Map(queries.map((query) => [query.problem, confidentlyWrong(query.votes, delta)])) as ByProblem,
  }));
  return computed({ rounds: found, confidentErrors: changesSinceBase(confident, 'rose') });
}

function confidentlyWrong(votes: readonly Vote[], delta: number): number {
  return sharpening([votes], delta)!.sharpenedWrong.mean!;
}

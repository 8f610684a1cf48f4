import type { SampleLog } from '../../logs/index.ts';
import type { MeanAndStandardError } from '../stats/standard-error.ts';
import { balanceScore } from './balance.ts';
import { bestOfK, rewardAtKS } from './exploitation.ts';
import { distinctEquations, passAtKS, uniqueCorrect, type Solution } from './exploration.ts';
import { fewestAnswers, type Query, type RoundQueries } from './sample-queries.ts';
import { computed, missing, type Section } from './section.ts';

export interface ExplorationRounds {
  readonly k: number;
  readonly s: number;
  readonly rounds: readonly {
    readonly round: number;
    readonly passAtKS: MeanAndStandardError;
    readonly distinctEquations: number | null;
  }[];
}

export interface ExploitationRounds {
  readonly k: number;
  readonly s: number;
  readonly rounds: readonly {
    readonly round: number;
    readonly bestOfK: MeanAndStandardError;
    readonly rewardAtKS: MeanAndStandardError;
  }[];
}

export interface BalanceRounds {
  /** n*. */
  readonly wanted: number;
  readonly rounds: readonly { readonly round: number; readonly balance: MeanAndStandardError }[];
}

const noSolution =
  'no column for the solution (equation, rationale): different right solutions cannot be told apart, their answers being the same';

/** Right answers without a solution would count as one or as none. */
function lacksSolution({ solution, correct }: SampleLog, rounds: readonly RoundQueries[]): string | null {
  if (solution === null) return noSolution;
  let lacking = 0;
  for (const { queries } of rounds)
    for (const { answers } of queries)
      for (const row of answers) if (correct[row] === 1 && solution.ids[row] < 0) lacking++;
  return lacking === 0
    ? null
    : `${lacking} right answers have no solution, so that different ones cannot be told apart`;
}

function solutionsOf({ solution, correct }: SampleLog, rows: readonly number[]): Solution[] {
  return rows.map((row) => ({ correct: correct[row] === 1, solution: solution!.ids[row] }));
}

/** @param wanted S; K where that is smaller */
export function explorationSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
  wanted: number,
): Section<ExplorationRounds> {
  const lacking = lacksSolution(samples, rounds);
  if (lacking !== null) return missing(lacking);
  const k = fewestAnswers(rounds);
  const s = Math.min(wanted, k);
  return computed({
    k,
    s,
    rounds: rounds.map(({ round, queries }) => {
      const solutions = queries.map(({ answers }) => solutionsOf(samples, answers.slice(0, k)));
      return { round, passAtKS: passAtKS(solutions, k, s)!, distinctEquations: distinctEquations(solutions) };
    }),
  });
}

/** @param wanted S; K where that is smaller */
export function exploitationSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
  wanted: number,
): Section<ExploitationRounds> {
  const { reward, correct } = samples;
  if (reward === null) return missing('no column for the reward');
  const unknown = countRows(rounds, (row) => Number.isNaN(reward[row]));
  if (unknown > 0) return missing(`${unknown} answers have no reward, so that the best cannot be told`);
  const k = fewestAnswers(rounds);
  if (k < 2) return missing('a problem has a single answer in a round: there is nothing to choose from');
  const s = Math.min(wanted, k);
  return computed({
    k,
    s,
    rounds: rounds.map(({ round, queries }) => {
      const rewarded = queries.map(({ answers }) =>
        answers.map((row) => ({ correct: correct[row] === 1, reward: reward[row] })),
      );
      return { round, bestOfK: bestOfK(rewarded, k)!, rewardAtKS: rewardAtKS(rewarded, k, s)! };
    }),
  });
}

/** @param wanted n* */
export function balanceSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
  wanted: number,
): Section<BalanceRounds> {
  const { selected } = samples;
  if (selected === null) return missing('no column for what was selected');
  const unknown = countRows(rounds, (row) => selected[row] < 0);
  if (unknown > 0) return missing(`of ${unknown} answers it is not known whether they were selected`);
  const lacking = lacksSolution(samples, rounds);
  if (lacking !== null) return missing(lacking);
  const keptOf = ({ answers }: Query): number[] => answers.filter((row) => selected[row] === 1);
  return computed({
    wanted,
    rounds: rounds.map(({ round, queries }) => {
      const kept = queries.map(keptOf);
      const selections = kept.map((rows) => ({
        selected: rows.length,
        uniqueCorrect: uniqueCorrect(solutionsOf(samples, rows)),
      }));
      return { round, balance: balanceScore(selections, wanted)! };
    }),
  });
}

function countRows(rounds: readonly RoundQueries[], holds: (row: number) => boolean): number {
  let found = 0;
  for (const { queries } of rounds)
    for (const { answers } of queries) for (const row of answers) if (holds(row)) found++;
  return found;
}

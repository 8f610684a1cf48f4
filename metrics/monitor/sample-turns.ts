import type { SampleLog } from '../../logs/index.ts';
import { holm } from '../stats/holm.ts';
import type { Vote } from './majority.ts';
import type { Query, RoundQueries } from './sample-queries.ts';
import { computed, missing, type Section } from './section.ts';
import { selfCorrection, type Revision, type SelfCorrection } from './self-correction.ts';
import { sequentialImprovement, type SequentialImprovement } from './sequential.ts';

/** Self-correction from the first turn to the second. */
export type SelfCorrectionRound = SelfCorrection & {
  readonly round: number;
  /** Chains without a first and a second turn, which are left out: where a model stops when it is sure, the rest are the harder ones. */
  readonly leftOut: number;
  /** That Δ is below 0, by problem, adjusted by Holm over the rounds. */
  readonly p: number;
};

export type SequentialRound = SequentialImprovement & { readonly round: number };

/** The turns, ascending, or why nothing can be said of them. */
function turnsOf({ turn, chain }: SampleLog, rounds: readonly RoundQueries[]): readonly number[] | string {
  if (turn === null) return 'no column for the turn';
  const turns = new Set<number>();
  for (const { queries } of rounds)
    for (const { answers, chains } of queries) for (const row of chains?.flat() ?? answers) turns.add(turn[row]);
  if (chain === null)
    return 'several answers to a problem are of one turn, and no column (chain) tells which turns belong together';
  return turns.size < 2 ? 'a single turn' : [...turns].toSorted((a, b) => a - b);
}

/** The rows of a chain from the first turn on, up to a turn that it lacks. */
function fromFirst(rows: readonly number[], turn: Int32Array, turns: readonly number[]): readonly number[] {
  const end = rows.findIndex((row, i) => turn[row] !== turns[i]);
  return end < 0 ? rows : rows.slice(0, end);
}

export function selfCorrectionSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
): Section<readonly SelfCorrectionRound[]> {
  const turns = turnsOf(samples, rounds);
  if (typeof turns === 'string') return missing(turns);
  const found = rounds.flatMap(({ round, queries }) => {
    const pairs = queries.flatMap((query) => revisionsOf(samples, query, turns));
    const correction = selfCorrection(pairs);
    if (correction === null) return [];
    const chains = queries.reduce((sum, query) => sum + query.chains!.length, 0);
    return [{ ...correction, round, leftOut: chains - pairs.length }];
  });
  if (found.length === 0) return missing('no chain has a first and a second turn');
  const adjusted = holm(found.map(({ shift }) => shift.fell!));
  return computed(found.map((own, i) => ({ ...own, p: adjusted[i] })));
}

function revisionsOf(
  { correct, answer, turn }: SampleLog,
  { problem, chains }: Query,
  turns: readonly number[],
): Revision[] {
  return chains!.flatMap((rows) => {
    const [first, second] = fromFirst(rows, turn!, turns);
    if (second === undefined) return [];
    const known = answer !== null && answer.ids[first] >= 0 && answer.ids[second] >= 0;
    return [
      {
        problem,
        before: correct[first] === 1,
        after: correct[second] === 1,
        changed: known ? answer.ids[first] !== answer.ids[second] : null,
      },
    ];
  });
}

/** @param given k; the number of turns unless given */
export function sequentialSection(
  samples: SampleLog,
  rounds: readonly RoundQueries[],
  given?: number,
): Section<readonly SequentialRound[]> {
  const turns = turnsOf(samples, rounds);
  if (typeof turns === 'string') return missing(turns);
  const { answer, correct } = samples;
  if (answer === null) return missing('no column for the answer: majorities need it');
  const vote = (row: number): Vote => ({
    answer: answer.ids[row] < 0 ? null : answer.ids[row],
    correct: correct[row] === 1,
  });
  const found = rounds.map(({ round, queries }) => {
    const chains = queries.map((query) => query.chains!.map((rows) => fromFirst(rows, samples.turn!, turns).map(vote)));
    return { round, improvement: sequentialImprovement(chains, given ?? turns.length) };
  });
  const odd = found.find(({ improvement }) => improvement === null);
  if (odd) return missing(`in round ${odd.round} a chain lacks the first turn`);
  return computed(found.map(({ round, improvement }) => ({ round, ...improvement! })));
}

import type { SampleLog } from '../../logs/index.ts';
import { meanAndStandardError } from '../stats/standard-error.ts';
import { entropyError, entropyOf } from './majority.ts';
import { commonNumbers, type Query, type RoundQueries } from './sample-queries.ts';
import { computed, missing, type Section } from './section.ts';
import { momentsOf, selfConsumingCollapse, type Estimate, type LoopChange, type LoopRound } from './self-consuming.ts';

export interface LoopRounds {
  /** What the entropy is of. */
  readonly entropyOf: 'answer' | 'category';
  readonly rounds: readonly Omit<LoopRound, 'byProblem'>[];
  readonly changes: readonly LoopChange[];
}

/**
 * Mean and variance of the reward and the entropy of the answers (or of the categories, where there are no answers) by round. With several problems
 * each is computed by problem and averaged, so that the variance is that within problems, not between easy and hard ones; of each problem as many
 * samples count in every round as it has in the round with the fewest. With a single problem the samples themselves are the units.
 */
export function loopSection(samples: SampleLog, rounds: readonly RoundQueries[], alpha: number): Section<LoopRounds> {
  const { reward } = samples;
  const kinds = samples.answer ?? samples.category;
  if (reward === null) return missing('no column for the reward');
  if (kinds === null) return missing('no column for the answer or the class: entropy needs one of them');
  const counts = (row: number): boolean => kinds.ids[row] >= 0 && !Number.isNaN(reward[row]);
  const common = commonNumbers(rounds, counts);
  const usable = (query: Query): number[] => query.answers.filter(counts).slice(0, common.get(query.problem)!);
  const found = rounds.flatMap(({ round, queries }): LoopRound[] => {
    const own = queries.flatMap((query) => {
      const rows = usable(query);
      return rows.length < 2 ? [] : [{ problem: query.problem, rows }];
    });
    if (own.length === 0) return [];
    const share = samples.realShare?.[samples.rounds.indexOf(round)] ?? NaN;
    const realShare = Number.isNaN(share) ? null : share;
    const statistics = own.map(({ problem, rows }) => ({
      problem,
      moments: momentsOf(rows.map((row) => reward[row]))!,
      counts: tally(rows.map((row) => kinds.ids[row])),
    }));
    if (common.size === 1) {
      const [{ moments, counts: kindCounts }] = statistics;
      return [
        {
          round,
          realShare,
          reward: moments.mean,
          rewardVariance: moments.variance,
          entropy: { value: entropyOf(kindCounts), standardError: entropyError(kindCounts) },
        },
      ];
    }
    const by = (of: (query: (typeof statistics)[number]) => number): Map<number, number> =>
      new Map(statistics.map((query) => [query.problem, of(query)]));
    const byProblem = {
      reward: by(({ moments }) => moments.mean.value),
      rewardVariance: by(({ moments }) => moments.variance.value),
      entropy: by((query) => entropyOf(query.counts)),
    };
    return [
      {
        round,
        realShare,
        reward: estimateOf(byProblem.reward),
        rewardVariance: estimateOf(byProblem.rewardVariance),
        entropy: estimateOf(byProblem.entropy),
        byProblem,
      },
    ];
  });
  if (found.length === 0) return missing('no problem has two answers with a reward in every round');
  return computed({
    entropyOf: samples.answer === null ? 'category' : 'answer',
    // By problem they would be as long as the log.
    rounds: found.map(({ round, reward: own, rewardVariance, entropy, realShare }) => ({
      round,
      reward: own,
      rewardVariance,
      entropy,
      realShare,
    })),
    changes: selfConsumingCollapse(found, alpha),
  });
}

function estimateOf(values: ReadonlyMap<number, number>): Estimate {
  const { mean, standardError } = meanAndStandardError([...values.values()]);
  return { value: mean!, standardError };
}

function tally(ids: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()];
}

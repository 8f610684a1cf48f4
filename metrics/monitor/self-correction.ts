import { mcNemar, type McNemar } from '../stats/mcnemar.ts';
import { shiftOf, type Shift } from './shift.ts';

/** An answer and the one that the model gave after it, to the same problem and in the same chain. */
export interface Revision {
  readonly problem: string | number;
  /** Whether the first was right, and the second. */
  readonly before: boolean;
  readonly after: boolean;
  /** Whether the answer is another one; null where answers are not known. */
  readonly changed: boolean | null;
}

export interface SelfCorrection {
  readonly problems: number;
  /** Pairs of a first and a second answer. */
  readonly pairs: number;
  readonly accuracyT1: number;
  readonly accuracyT2: number;
  /** Δ = accuracy at turn 2 − at turn 1 = Δi→c − Δc→i. */
  readonly delta: number;
  /** Δi→c, share of all that were wrong and became right. */
  readonly incorrectToCorrect: number;
  /** Δc→i, share of all that were right and became wrong. */
  readonly correctToIncorrect: number;
  /** Share of the wrong ones that became right, Δi→c / (1 − accuracy at turn 1); null where none was wrong. */
  readonly fixRate: number | null;
  /** Share of answers that are others than before; null where an answer is not known. */
  readonly changed: number | null;
  /** Problems of which any answer changed; null where an answer is not known. */
  readonly changedProblems: number | null;
  /** Of (i→c, c→i), exact; null where a problem has several pairs, which are not independent. */
  readonly mcNemar: McNemar | null;
  /** Δ by problem, with one-sided p-values. */
  readonly shift: Shift;
}

/**
 * What a second try does: how often it repairs a wrong answer, and how often it spoils a right one. Shares are means over problems of shares of their
 * pairs, so that Δ = Δi→c − Δc→i holds exactly.
 *
 * Source: Kumar et al. 2024, SCoRe (arXiv:2409.12917). Shares in [0, 1], Δ in [−1, 1]. Null without pairs.
 *
 * @example 10 problems, 5 right at first; 2 wrong ones repaired, 1 right one spoilt: Δ = .1 = .2 − .1, fix rate .4
 */
export function selfCorrection(revisions: readonly Revision[]): SelfCorrection | null {
  if (revisions.length === 0) return null;
  const pairsOf = new Map<string | number, Revision[]>();
  for (const revision of revisions) {
    const own = pairsOf.get(revision.problem);
    if (own) own.push(revision);
    else pairsOf.set(revision.problem, [revision]);
  }
  const byProblem = (holds: (revision: Revision) => boolean): Map<string | number, number> =>
    new Map([...pairsOf].map(([problem, own]) => [problem, own.filter(holds).length / own.length]));
  const mean = (shares: ReadonlyMap<string | number, number>): number =>
    [...shares.values()].reduce((sum, share) => sum + share, 0) / shares.size;
  const before = byProblem((revision) => revision.before);
  const after = byProblem((revision) => revision.after);
  const repaired = mean(byProblem((revision) => !revision.before && revision.after));
  const spoilt = mean(byProblem((revision) => revision.before && !revision.after));
  const wrong = mean(byProblem((revision) => !revision.before));
  const single = pairsOf.size === revisions.length;
  const countOf = (from: boolean): number =>
    revisions.filter((revision) => revision.before === from && revision.after !== from).length;
  const changed = revisions.some((revision) => revision.changed === null)
    ? null
    : byProblem((revision) => revision.changed!);
  return {
    problems: pairsOf.size,
    pairs: revisions.length,
    accuracyT1: mean(before),
    accuracyT2: mean(after),
    delta: mean(after) - mean(before),
    incorrectToCorrect: repaired,
    correctToIncorrect: spoilt,
    fixRate: wrong === 0 ? null : repaired / wrong,
    changed: changed === null ? null : mean(changed),
    changedProblems: changed === null ? null : [...changed.values()].filter((share) => share > 0).length,
    mcNemar: single ? mcNemar(countOf(false), countOf(true)) : null,
    shift: shiftOf(before, after),
  };
}

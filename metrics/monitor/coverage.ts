import { holm } from '../stats/holm.ts';
import { shiftOf, type ByProblem } from './shift.ts';

/** pass@1 and pass@K of one round; null where they were not measured. */
export interface CoverageRound {
  readonly round: number;
  readonly passAt1: number | null;
  readonly passAtK: number | null;
  /** Both by problem, so that rounds can be paired. */
  readonly byProblem?: { readonly passAt1: ByProblem; readonly passAtK: ByProblem };
}

export interface CoverageChange {
  readonly round: number;
  /** Changes since the base, over the problems that both have where these are known. */
  readonly passAt1: number;
  readonly passAtK: number;
  /** That pass@1 rose and pass@K fell, adjusted by Holm over the rounds; null where problems cannot be paired. */
  readonly p: number | null;
  readonly lost: boolean;
}

/**
 * Whether a model got better at what it could do already and lost what it could do rarely: pass@1 rises while pass@K, for a large K, falls below the
 * base model, which is the first round that has both.
 *
 * Where values are known by problem, each round has two one-sided tests of {@link shiftOf} against the base. Both must hold, so that the larger p
 * counts (an intersection–union test needs no correction), and Holm adjusts these over the rounds: `lost` is p ≤ α and both means moved that way.
 * Where they are not known, as in published tables, any rise with any fall counts, and p is null.
 *
 * Source: Yue et al. 2025 (arXiv:2504.13837) for the finding. Changes in shares, in [−1, 1]. Rounds without either value are left out; empty without
 * a base.
 *
 * @throws {RangeError} unless 0 < α < 1
 * @example pass@1 .25 → .28 and pass@256 .68 → .64: lost
 */
export function coverageLoss(rounds: readonly CoverageRound[], alpha = 0.05): CoverageChange[] {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`α must lie between 0 and 1, and is ${alpha}`);
  const measured = rounds.filter(({ passAt1, passAtK }) => passAt1 !== null && passAtK !== null);
  if (measured.length === 0) return [];
  const [base, ...later] = measured;
  const changes = later.map((own) => changeOf(base, own));
  const adjusted = holm(changes.flatMap(({ p }) => p ?? []));
  let next = 0;
  return changes.map((change) => {
    const p = change.p === null ? null : adjusted[next++];
    const moved = change.passAt1 > 0 && change.passAtK < 0;
    return { ...change, p, lost: moved && (p === null || p <= alpha) };
  });
}

function changeOf(base: CoverageRound, own: CoverageRound): Omit<CoverageChange, 'lost'> {
  if (base.byProblem && own.byProblem) {
    const once = shiftOf(base.byProblem.passAt1, own.byProblem.passAt1);
    const often = shiftOf(base.byProblem.passAtK, own.byProblem.passAtK);
    if (once.mean !== null && often.mean !== null)
      return {
        round: own.round,
        passAt1: once.mean,
        passAtK: often.mean,
        p: Math.max(once.rose!, often.fell!),
      };
  }
  return { round: own.round, passAt1: own.passAt1! - base.passAt1!, passAtK: own.passAtK! - base.passAtK!, p: null };
}

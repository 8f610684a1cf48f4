import { describe, expect, it } from 'vitest';
import { coverageLoss, type CoverageRound } from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';
import { hasPublished, published, share } from './published.ts';

describe('published numbers', () => {
  // Yue et al. 2025 (arXiv:2504.13837), table 4: GRPO on Qwen2.5-7B, Omni-MATH test. B-STaR (arXiv:2412.17256), table 1, MATH.
  const rlvr: CoverageRound[] = [
    { round: 0, passAt1: null, passAtK: 0.691 },
    { round: 150, passAt1: 0.251, passAtK: 0.683 },
    { round: 300, passAt1: null, passAtK: 0.666 },
    { round: 450, passAt1: 0.283, passAtK: 0.639 },
  ];

  it('of RLVR: pass@1 rises and pass@256 falls', () => {
    expect(coverageLoss(rlvr)).toEqual([
      { round: 450, passAt1: near(0.032), passAtK: near(-0.044), p: null, lost: true },
    ]);
  });

  it.skipIf(!hasPublished)('of RLVR are those of the transcribed table', () => {
    const rows = published('rlvr_qwen25_7b_grpo_passk.csv').map((row) => ({
      round: Number(row.step),
      passAt1: share(row['OmniMATH_test_pass@1']),
      passAtK: share(row['OmniMATH_test_pass@256']),
    }));
    expect(rows.map(({ passAt1, passAtK }) => [passAt1, passAtK].map((value) => value?.toFixed(3)))).toEqual(
      rlvr.map(({ passAt1, passAtK }) => [passAt1, passAtK].map((value) => value?.toFixed(3))),
    );
  });

  const bstar = (method: string, passAt1: number, passAtK: number) => ({ method, passAt1, passAtK });
  it.each([
    [bstar('Online RFT (w/o RM)', 0.23, 0.572), true],
    [bstar('Iterative RFT (w/o RM)', 0.242, 0.634), false],
    [bstar('Rest-EM (w/o RM)', 0.228, 0.6), true],
    [bstar('B-STaR', 0.278, 0.672), false],
  ])('of B-STaR on MATH against SFT: %o', ({ passAt1, passAtK }, lost) => {
    const [change] = coverageLoss([
      { round: 0, passAt1: 0.17, passAtK: 0.608 },
      { round: 1, passAt1, passAtK },
    ]);
    expect(change.lost).toBe(lost);
  });
});

describe('by problem', () => {
  const byProblem = (values: readonly number[]) => new Map(values.map((value, i) => [i, value]));
  const roundOf = (round: number, once: readonly number[], often: readonly number[]): CoverageRound => ({
    round,
    passAt1: once.reduce((sum, value) => sum + value, 0) / once.length,
    passAtK: often.reduce((sum, value) => sum + value, 0) / often.length,
    byProblem: { passAt1: byProblem(once), passAtK: byProblem(often) },
  });
  const ten = Array.from({ length: 10 });
  const base = roundOf(
    0,
    ten.map(() => 0.2),
    ten.map(() => 1),
  );

  it('both must be certain: p is the larger of two sign tests, and Holm adjusts over the rounds', () => {
    // pass@1 up on all 10: 2⁻¹⁰. pass@K down on 6 of 10 and else the same: 2⁻⁶. In two rounds alike: twice that.
    const later = roundOf(
      1,
      ten.map(() => 0.5),
      ten.map((_, i) => (i < 6 ? 0 : 1)),
    );
    expect(coverageLoss([base, later])[0]).toEqual({
      round: 1,
      passAt1: near(0.3),
      passAtK: near(-0.6),
      p: near(2 ** -6),
      lost: true,
    });
    expect(coverageLoss([base, later, { ...later, round: 2 }]).map(({ p }) => p)).toEqual([near(2 ** -5), near(2 ** -5)]); // prettier-ignore
    // 2 of 10 fell: 2⁻².
    const few = roundOf(
      1,
      ten.map(() => 0.5),
      ten.map((_, i) => (i < 2 ? 0 : 1)),
    );
    expect(coverageLoss([base, few])[0]).toMatchObject({ p: near(0.25), lost: false });
  });

  it('only problems that both rounds have are compared', () => {
    const half = roundOf(1, [0.5, 0.5], [0, 0]);
    const [change] = coverageLoss([base, half]);
    expect(change).toMatchObject({ passAt1: near(0.3), passAtK: -1, p: near(0.25) });
  });

  it('has nothing to say of one round, and refuses another α', () => {
    expect(coverageLoss([base])).toEqual([]);
    expect(coverageLoss([])).toEqual([]);
    expect(() => coverageLoss([base], 1)).toThrow(RangeError);
  });
});

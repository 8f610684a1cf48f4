import { expect, it } from 'vitest';
import {
  bonferroniDunnDifference,
  cohensDz,
  friedman,
  holm,
  interquartileMean,
  mannWhitney,
  meanAndStandardError,
  meanAndStd,
  nemenyiDifference,
  optimalityGap,
  pairedDifferences,
  pairedTTest,
  probabilityOfImprovement,
  theilSenSlope,
  tInterval,
  welchTTest,
  wilcoxonSignedRank,
} from '../../../metrics/index.ts';
import { golden, sharedGolden } from './golden.ts';
import { near } from './near.ts';

const { x, y } = golden;
const differences = pairedDifferences(x, y);

const shared = sharedGolden();
it.skipIf(shared === null)(
  `golden.json is that of ../shared/logs${shared === null ? ' (skipped: there is none)' : ''}`,
  () => {
    expect(golden).toEqual(shared);
  },
);

it('mean, std, standard error and t interval are those of numpy and scipy', () => {
  expect(meanAndStd(x).mean!).toEqual(near(golden.x_mean, 14));
  expect(meanAndStd(x).std!).toEqual(near(golden.x_std_ddof1, 14));
  expect(meanAndStandardError(x).standardError!).toEqual(near(golden.x_sem, 14));
  const { low, high } = tInterval(x)!;
  // scipy 1.10 has 2.36462425101 for the quantile; mpmath, and scipy 1.17, 2.36462425159.
  expect([low, high]).toEqual(near(golden.x_t95, 10));
});

it('the Wilcoxon test is that of scipy: exact, and normal with and without continuity', () => {
  const exact = wilcoxonSignedRank(differences)!;
  expect([Math.min(exact.wPlus, exact.wMinus), exact.p, exact.method]).toEqual([
    ...golden.wilcoxon_exact_corr0,
    'exact',
  ]);
  expect(exact.wPlus).toBe(33);
  expect(wilcoxonSignedRank(differences, { method: 'normal' })!.p).toEqual(near(golden.wilcoxon_approx_corr0[1], 13));
  expect(wilcoxonSignedRank(differences, { method: 'normal', continuity: true })!.p).toEqual(
    near(golden.wilcoxon_approx_corr1[1], 13),
  );
});

it.each(['wilcox', 'pratt', 'zsplit'] as const)(
  'the Wilcoxon test with ties and zeros, %s, is that of scipy',
  (zeros) => {
    const { x: first, y: second } = golden.ties_zero;
    const test = wilcoxonSignedRank(pairedDifferences(first, second), { zeros, method: 'normal' })!;
    const [statistic, p] = golden.ties_zero[`${zeros}_approx`];
    expect(Math.min(test.wPlus, test.wMinus)).toBe(statistic);
    expect(test.p).toEqual(near(p, 13));
  },
);

it('the t tests, Mann–Whitney and Cohen’s d_z are those of scipy', () => {
  const paired = pairedTTest(differences)!;
  expect([paired.t, paired.p]).toEqual(near(golden.paired_t));
  const welch = welchTTest(x, y)!;
  expect([welch.t, welch.p]).toEqual(near(golden.welch_t));
  const u = mannWhitney(x, y, { alternative: 'greater', method: 'normal' })!;
  expect([u.u1, u.p]).toEqual(near(golden.mannwhitney_greater, 13));
  expect(cohensDz(differences)!).toEqual(near(golden.cohen_dz));
});

it('Holm’s adjustment is that of statsmodels', () => {
  expect(holm(golden.holm.p)).toEqual(near(golden.holm.adj, 15));
});

it('Friedman’s test of Demšar’s table 6 has the published χ² 9.28 and F 3.69, and scipy’s χ² corrected for ties', () => {
  const { scores, ...expected } = golden.friedman_demsar_table6;
  const test = friedman(scores)!;
  expect(test.averageRanks).toEqual(near(expected.avg_ranks, 14));
  expect(test.chiSquare).toEqual(near(expected.chi2_no_tie_correction));
  expect(test.chiSquare.toFixed(2)).toBe('9.28');
  expect([test.imanDavenport.f, test.imanDavenport.p]).toEqual(near([expected.F_iman_davenport, expected.p_F]));
  expect(test.imanDavenport.f.toFixed(2)).toBe('3.69');
  expect([test.tieCorrected!.chiSquare, test.tieCorrected!.p]).toEqual(near(expected.scipy_tie_corrected));
});

/** √(k (k+1) / (6N)) for the N that makes it comparable with q: CD = q · error. */
const rankError = (methods: number): number => Math.sqrt((methods * (methods + 1)) / 6);

it.each(['0.05', '0.1'] as const)(
  'Nemenyi’s q at α = %s is that of scipy’s studentized_range for k = 2 … 10',
  (alpha) => {
    for (const [k, q] of Object.entries(golden.nemenyi_q[alpha]))
      expect(nemenyiDifference(Number(k), 1, Number(alpha)) / rankError(Number(k))).toEqual(near(q, 9));
  },
);

it('Nemenyi’s q at .05 is Demšar’s table 5, and the critical difference of his example 1.25', () => {
  const published = ['1.960', '2.343', '2.569', '2.728', '2.850', '2.949', '3.031', '3.102', '3.164'];
  published.forEach((q, i) => {
    expect(Math.abs(nemenyiDifference(i + 2, 1) / rankError(i + 2) - Number(q))).toBeLessThan(0.0011);
  });
  expect(nemenyiDifference(4, 14)).toEqual(near(golden['CD_0.05_k4_N14'], 9));
  expect(nemenyiDifference(4, 14, 0.1)).toEqual(near(golden['CD_0.10_k4_N14'], 9));
});

it('Bonferroni–Dunn’s q at .05 is that of scipy for k = 2 … 10', () => {
  for (const [k, q] of Object.entries(golden.bonferroni_dunn_q05))
    expect(bonferroniDunnDifference(Number(k), 1) / rankError(Number(k))).toEqual(near(q));
});

it('IQM, optimality gap and probability of improvement are those of rliable', () => {
  const { iqm } = golden;
  expect(interquartileMean(iqm.scores.flat())!).toEqual(near(iqm.iqm));
  expect(interquartileMean(iqm.n10)!).toEqual(near(iqm.iqm_n10, 14));
  expect(optimalityGap(iqm.scores.flat(), 10)!).toEqual(near(iqm.optimality_gap_gamma10));
  const { A, B, per_task: perTask, mean } = golden.prob_improvement;
  expect(probabilityOfImprovement(A, B)!).toEqual(near(mean, 14));
  perTask.forEach((share, task) => {
    const column = (scores: number[][]): number[][] => scores.map((run) => [run[task]]);
    expect(probabilityOfImprovement(column(A), column(B))!).toEqual(near(share, 14));
  });
});

it('the Theil–Sen slope is that of scipy, for an odd and an even number of slopes', () => {
  expect(theilSenSlope(golden.theilsen.y)!).toEqual(near(golden.theilsen.slope, 14));
  expect(theilSenSlope(golden.theilsen.y2)!).toEqual(near(golden.theilsen.slope2, 14));
});

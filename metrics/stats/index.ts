export type { Alternative } from './alternative.ts';
export { bootstrapInterval, stratifiedBootstrap, type BootstrapOptions, type Strata } from './bootstrap.ts';
export { cliffsDelta } from './cliffs-delta.ts';
export { cohensDz } from './cohens-dz.ts';
export { pairedDifferences } from './differences.ts';
export { binomialCdf, binomialQuantile, binomialTail } from './distributions/binomial.ts';
export { chiSquareQuantile, chiSquareTail } from './distributions/chi-square.ts';
export { fQuantile, fTail } from './distributions/f.ts';
export { normalCdf, normalQuantile, normalTail } from './distributions/normal.ts';
export { studentTQuantile, studentTTail } from './distributions/student-t.ts';
export { studentizedRangeQuantile, studentizedRangeTail } from './distributions/studentized-range.ts';
export { expectedLargest } from './expected-largest.ts';
export { friedman, imanDavenport, type Friedman, type ImanDavenport } from './friedman.ts';
export { holm } from './holm.ts';
export { interquartileMean } from './interquartile-mean.ts';
export type { Interval } from './interval.ts';
export { mannWhitney, type MannWhitney, type MannWhitneyOptions } from './mann-whitney.ts';
export { mcNemar, type McNemar } from './mcnemar.ts';
export { bonferroniDunnDifference, nemenyiDifference, nemenyiP, rankGroups } from './nemenyi.ts';
export { optimalityGap } from './optimality-gap.ts';
export { performanceProfile, profileBand, type ProfileBand } from './performance-profile.ts';
export { improvementInterval, probabilityOfImprovement } from './probability-of-improvement.ts';
export { rankBiserial } from './rank-biserial.ts';
export { scoresByTask } from './rectangle.ts';
export {
  significanceWarning,
  smallestPossibleP,
  type RankTest,
  type SignificanceOptions,
  type TestSize,
} from './smallest-p.ts';
export { meanAndStandardError, type MeanAndStandardError } from './standard-error.ts';
export { meanAndStd, type Summary } from './summary.ts';
export { tInterval } from './t-interval.ts';
export { pairedTTest, welchTTest, type TTest } from './t-test.ts';
export { theilSenSlope } from './theil-sen.ts';
export { wilcoxonSignedRank, type Wilcoxon, type WilcoxonOptions } from './wilcoxon.ts';

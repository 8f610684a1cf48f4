export { averageAccuracy, averageIncrementalAccuracy, learningAccuracy } from './accuracy.ts';
export { areaUnderAccuracyCurve, averageAnytimeAccuracy } from './anytime.ts';
export { computationalEfficiency, modelSizeEfficiency, sampleStorageEfficiency } from './diaz-rodriguez-costs.ts';
export { continualLearningScore, continualLearningStability } from './diaz-rodriguez-score.ts';
export {
  diazAccuracy,
  diazBackwardTransfer,
  diazForwardTransfer,
  diazPositiveBackwardTransfer,
  diazRemembering,
} from './diaz-rodriguez.ts';
export { detectEvents, type EventOptions } from './events.ts';
export { eventKinds, type Event, type EventKind } from './events/event.ts';
export type { PairedError } from './events/courses.ts';
export { pairedErrorOf } from './events/pairedError.ts';
export { forgettingAfterLearning, forgettingByRow, forgettingFromMaximum, forgettingMammoth } from './forgetting.ts';
export { meanGapArea, meanGapDepth, meanRecoveryTime, meanRelativeDepth, type RecoverySummary } from './gap-summary.ts';
export { intransigence, intransigenceByTask } from './intransigence.ts';
export { regimeMeans } from './l2m/average-performance.ts';
export { saturationOf, terminalPerformance, type Saturation } from './l2m/curves.ts';
export { lifetimeMetricsJson } from './l2m/json.ts';
export { lifetimeMetrics } from './l2m/lifetime-metrics.ts';
export { performanceMaintenance, type Maintenance } from './l2m/maintenance.ts';
export { lifetimeOptionsSchema, type LifetimeOptions, type LifetimeOptionsInput } from './l2m/options.ts';
export { performanceRecovery, recoveryTimes } from './l2m/recovery.ts';
export { regimesOf, type Regime } from './l2m/regimes.ts';
export { relativePerformance } from './l2m/relative-performance.ts';
export { sampleEfficiency, type SampleEfficiency } from './l2m/sample-efficiency.ts';
export { scoreRegime, type ScoredRegime } from './l2m/scored-regime.ts';
export { smooth, type WindowShape } from './l2m/smoothing.ts';
export { firstOfPairs, transfers, transfersByPair, type Transfer, type Transfers } from './l2m/transfer.ts';
export type { LifetimeMetrics, LifetimeScores, RegimeScores, TaskScores } from './l2m/types.ts';
export { lapaczScores, type SwitchScores } from './lapacz.ts';
export { learningCurveArea, learningCurveAreaTrapezoid } from './learning-curve-area.ts';
export type { MatrixScore } from './matrix-score.ts';
export {
  type Alarm,
  type AlarmKind,
  alarmKinds,
  type BalanceRounds,
  balanceScore,
  type BenchmarkMonitor,
  bestOfK,
  type ByProblem,
  type Chain,
  changesSinceBase,
  checkSelfCorrection,
  type CorrectionCheck,
  type CoverageChange,
  coverageLoss,
  type CoverageRound,
  type CoverageRounds,
  distinctEquations,
  entropyError,
  entropyOf,
  type Estimate,
  type ExploitationRounds,
  type ExplorationRounds,
  type LoopChange,
  type LoopRound,
  type LoopRounds,
  type Majority,
  majorityOf,
  meanPassAtK,
  momentsOf,
  type MonitorOptions,
  monitorSamples,
  spreadErrorOf,
  passAtK,
  type PassAtKRounds,
  passAtKS,
  type PublishedCorrection,
  type Revision,
  rewardAtKS,
  type Rewarded,
  type RoundComparison,
  type RoundGain,
  roundGains,
  roundTransfer,
  type RoundTransfer,
  type SampleMonitor,
  type Section,
  type Selection,
  selfConsumingCollapse,
  selfCorrection,
  type SelfCorrection,
  type SelfCorrectionRound,
  sequentialImprovement,
  type SequentialImprovement,
  type SequentialRound,
  sharpening,
  type Sharpening,
  type SharpeningRounds,
  type Shift,
  shiftOf,
  type SinceBase,
  type Solution,
  type Tally,
  uniqueCorrect,
  type Vote,
} from './monitor/index.ts';
export { prequentialAccuracy, prequentialCurve } from './prequential.ts';
export { medianFilter, refinedSchedule, type Refinement } from './refined-schedule.ts';
export { fadingFactor, listMetrics, runMetrics, type RunMetric } from './run-metrics.ts';
export { deepestGap, stabilityGaps, type Gap } from './stability-gap.ts';
export {
  type Alternative,
  binomialCdf,
  binomialQuantile,
  binomialTail,
  bonferroniDunnDifference,
  bootstrapInterval,
  type BootstrapOptions,
  chiSquareQuantile,
  chiSquareTail,
  cliffsDelta,
  cohensDz,
  expectedLargest,
  fQuantile,
  friedman,
  type Friedman,
  fTail,
  holm,
  imanDavenport,
  type ImanDavenport,
  improvementInterval,
  interquartileMean,
  type Interval,
  mannWhitney,
  type MannWhitney,
  type MannWhitneyOptions,
  mcNemar,
  type McNemar,
  meanAndStandardError,
  type MeanAndStandardError,
  meanAndStd,
  nemenyiDifference,
  nemenyiP,
  normalCdf,
  normalQuantile,
  normalTail,
  optimalityGap,
  pairedDifferences,
  pairedTTest,
  performanceProfile,
  probabilityOfImprovement,
  profileBand,
  type ProfileBand,
  rankBiserial,
  rankGroups,
  type RankTest,
  scoresByTask,
  type SignificanceOptions,
  significanceWarning,
  smallestPossibleP,
  type Strata,
  stratifiedBootstrap,
  studentizedRangeQuantile,
  studentizedRangeTail,
  studentTQuantile,
  studentTTail,
  type Summary,
  type TestSize,
  theilSenSlope,
  tInterval,
  type TTest,
  welchTTest,
  type Wilcoxon,
  type WilcoxonOptions,
  wilcoxonSignedRank,
} from './stats/index.ts';
export { backwardTransfer, backwardTransferAndInterference, forwardTransfer } from './transfer.ts';
export { windowedForgetting, windowedPlasticity } from './windowed.ts';
export { minimumAccuracy, relativeAccuracyGap, worstCaseAccuracy } from './worst-case.ts';

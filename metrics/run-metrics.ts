import type { AccuracyMatrix, EvaluationLog, PrequentialLog } from '../logs/index.ts';
import { averageAccuracy, averageIncrementalAccuracy, learningAccuracy } from './accuracy.ts';
import { averageAnytimeAccuracy } from './anytime.ts';
import { forgettingAfterLearning, forgettingFromMaximum } from './forgetting.ts';
import { meanGapArea, meanGapDepth, meanRecoveryTime, meanRelativeDepth } from './gap-summary.ts';
import { prequentialAccuracy } from './prequential.ts';
import { stabilityGaps } from './stability-gap.ts';
import { backwardTransfer, forwardTransfer } from './transfer.ts';
import { windowedForgetting, windowedPlasticity } from './windowed.ts';
import { minimumAccuracy, relativeAccuracyGap, worstCaseAccuracy } from './worst-case.ts';

/** One number for a run, and what a table needs to show it. */
export interface RunMetric {
  /** Unique, such as `min-acc`. */
  readonly name: string;
  /** A short column head, such as `min-ACC`. */
  readonly title: string;
  /** One or two sentences. */
  readonly definition: string;
  /** Paper, or the page that defines it. */
  readonly source: string;
  /** Shares of an accuracy count as `accuracy`. */
  readonly unit: 'accuracy' | 'updates' | 'accuracy x updates';
  /** Which values are better. */
  readonly direction: 'higher' | 'lower';
  /** The least and the greatest value that it may have, of an accuracy log. */
  readonly range: readonly [least: number, greatest: number];
  /** What it is made of: the matrix at the ends of tasks, the evaluations during training, or the predictions before it. */
  readonly from: 'matrix' | 'log' | 'stream';
  /** The functions of this folder that compute it, in the order in which they are called. */
  readonly functions: readonly string[];
  /** Of what only runs that were asked for it measure: left out of a table in which no run has a value. */
  readonly onRequest?: true;
  /** Null where the metric is undefined for the run. */
  compute(run: {
    readonly accuracy: EvaluationLog;
    readonly matrix: AccuracyMatrix;
    readonly prequential?: PrequentialLog;
  }): number | null;
}

/** α of the fading prequential accuracy in tables: the past weighs as much as 1/(1 − α) = 1000 samples. */
export const fadingFactor = 0.999;

const deLange = 'De Lange et al. 2023, arXiv:2205.13452';
const gem = 'Lopez-Paz & Ranzato 2017, arXiv:1706.08840';
const soutif = 'Soutif-Cormerais et al. 2023, arXiv:2306.16817';
const gama = 'Gama, Sebastião, Rodrigues 2013, doi:10.1007/s10994-012-5320-9';
const ownDefinition = 'docs/metrics.md';

const share = [0, 1] as const;
const difference = [-1, 1] as const;

/**
 * Lists metrics of one's own, or some of `runMetrics`, for a table.
 *
 * Source: own definition.
 *
 * @throws {Error} if two have the same name
 * @example listMetrics(runMetrics.slice(0, 2)).map(({ name }) => name) // ['acc', 'aia']
 */
export function listMetrics(metrics: readonly RunMetric[]): readonly RunMetric[] {
  const names = new Set<string>();
  for (const { name } of metrics) {
    if (names.has(name)) throw new Error(`two metrics are named ${name}`);
    names.add(name);
  }
  return metrics;
}

/** Every metric of a run, in the order of a table's columns. */
export const runMetrics: readonly RunMetric[] = listMetrics([
  {
    name: 'acc',
    title: 'ACC',
    definition: 'Accuracy after the last task, averaged over all tasks. Whole test sets.',
    source: gem,
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'matrix',
    functions: ['averageAccuracy'],
    compute: ({ matrix }) => averageAccuracy(matrix),
  },
  {
    name: 'aia',
    title: 'AIA',
    definition: 'Accuracy over the tasks learnt so far, averaged over the ends of all tasks. Whole test sets.',
    source: 'Rebuffi et al. 2017, arXiv:1611.07725',
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'matrix',
    functions: ['averageIncrementalAccuracy'],
    compute: ({ matrix }) => averageIncrementalAccuracy(matrix),
  },
  {
    name: 'aaa',
    title: 'AAA',
    definition: 'Accuracy over the tasks seen so far, averaged over all updates.',
    source: `Caccia et al. 2022, arXiv:2104.05025; ${soutif}`,
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'log',
    functions: ['averageAnytimeAccuracy'],
    compute: ({ accuracy }) => averageAnytimeAccuracy(accuracy),
  },
  {
    name: 'min-acc',
    title: 'min-ACC',
    definition: 'The lowest accuracy of each task after its training ended, averaged over all tasks but the last.',
    source: deLange,
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'log',
    functions: ['minimumAccuracy'],
    compute: ({ accuracy }) => minimumAccuracy(accuracy),
  },
  {
    name: 'wc-acc',
    title: 'WC-ACC',
    definition: 'Mean of the final accuracy of the last task and the lowest accuracy of every earlier one.',
    source: deLange,
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'log',
    functions: ['worstCaseAccuracy'],
    compute: ({ accuracy }) => worstCaseAccuracy(accuracy),
  },
  {
    name: 'rag',
    title: 'RAG',
    definition: 'The share of the final average accuracy that the worst case lacks: (Acc - WC-ACC) / Acc.',
    source: soutif,
    unit: 'accuracy',
    direction: 'lower',
    range: share,
    from: 'log',
    functions: ['relativeAccuracyGap'],
    compute: ({ accuracy }) => relativeAccuracyGap(accuracy),
  },
  {
    name: 'forgetting',
    title: 'FORG',
    definition:
      'Accuracy right after learning a task minus final accuracy, averaged over all tasks but the last. ' +
      'Negative where tasks gained.',
    source: deLange,
    unit: 'accuracy',
    direction: 'lower',
    range: difference,
    from: 'matrix',
    functions: ['forgettingAfterLearning'],
    compute: ({ matrix }) => forgettingAfterLearning(matrix),
  },
  {
    name: 'forgetting-max',
    title: 'FORG max',
    definition: 'Best accuracy at an earlier task end minus final accuracy, averaged over all tasks but the last.',
    source: 'Chaudhry et al. 2018, arXiv:1801.10112',
    unit: 'accuracy',
    direction: 'lower',
    range: difference,
    from: 'matrix',
    functions: ['forgettingFromMaximum'],
    compute: ({ matrix }) => forgettingFromMaximum(matrix),
  },
  {
    name: 'bwt',
    title: 'BWT',
    definition: 'Final accuracy minus accuracy right after learning a task, averaged over all tasks but the last.',
    source: gem,
    unit: 'accuracy',
    direction: 'higher',
    range: difference,
    from: 'matrix',
    functions: ['backwardTransfer'],
    compute: ({ matrix }) => backwardTransfer(matrix),
  },
  {
    name: 'fwt',
    title: 'FWT',
    definition:
      'Accuracy on a task just before it is learnt minus that of the untrained model, averaged over all tasks but the first. ' +
      'Without meaning in the class-incremental scenario.',
    source: gem,
    unit: 'accuracy',
    direction: 'higher',
    range: difference,
    from: 'matrix',
    functions: ['forwardTransfer'],
    compute: ({ matrix }) => forwardTransfer(matrix),
  },
  {
    name: 'la',
    title: 'LA',
    definition: 'Accuracy on each task right after learning it, averaged over all tasks.',
    source: 'Riemer et al. 2019, arXiv:1810.11910',
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'matrix',
    functions: ['learningAccuracy'],
    compute: ({ matrix }) => learningAccuracy(matrix),
  },
  ...[10, 100].map((window) => windowedMetric('wf', window)),
  ...[10, 100].map((window) => windowedMetric('wp', window)),
  {
    name: 'gap-depth',
    title: 'gap depth',
    definition:
      'Accuracy before a switch minus the lowest accuracy until the next, averaged over all switches and earlier tasks.',
    source: ownDefinition,
    unit: 'accuracy',
    direction: 'lower',
    range: difference,
    from: 'log',
    functions: ['stabilityGaps', 'meanGapDepth'],
    compute: ({ accuracy }) => meanGapDepth(stabilityGaps(accuracy)),
  },
  {
    name: 'gap-relative-depth',
    title: 'relative depth',
    definition: 'Gap depth as a share of the accuracy before the switch, averaged over all switches and earlier tasks.',
    source: ownDefinition,
    unit: 'accuracy',
    direction: 'lower',
    range: [-Infinity, 1],
    from: 'log',
    functions: ['stabilityGaps', 'meanRelativeDepth'],
    compute: ({ accuracy }) => meanRelativeDepth(stabilityGaps(accuracy)),
  },
  {
    name: 'recovery-time',
    title: 'recovery',
    definition:
      'Updates from a switch until the accuracy is back at its level before, averaged over the gaps that closed. ' +
      'Gaps still open at the next switch are not in it.',
    source: ownDefinition,
    unit: 'updates',
    direction: 'lower',
    range: [0, Infinity],
    from: 'log',
    functions: ['stabilityGaps', 'meanRecoveryTime'],
    compute: ({ accuracy }) => meanRecoveryTime(stabilityGaps(accuracy)).mean,
  },
  {
    name: 'gap-area',
    title: 'gap area',
    definition:
      'Area between the accuracy before a switch and the curve where it runs below, averaged over all switches and earlier tasks.',
    source: ownDefinition,
    unit: 'accuracy x updates',
    direction: 'lower',
    range: [0, Infinity],
    from: 'log',
    functions: ['stabilityGaps', 'meanGapArea'],
    compute: ({ accuracy }) => meanGapArea(stabilityGaps(accuracy)),
  },
  {
    name: 'prequential',
    title: 'PREQ',
    definition: 'Share of all samples of the stream that were predicted right just before they were learnt.',
    source: gama,
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'stream',
    functions: ['prequentialAccuracy'],
    onRequest: true,
    compute: ({ prequential }) => (prequential ? prequentialAccuracy(prequential) : null),
  },
  {
    name: 'prequential-fading',
    title: 'PREQ fading',
    definition: `The same at the end of the stream, each sample counting ${fadingFactor} times what the next one counts.`,
    source: gama,
    unit: 'accuracy',
    direction: 'higher',
    range: share,
    from: 'stream',
    functions: ['prequentialAccuracy'],
    onRequest: true,
    compute: ({ prequential }) => (prequential ? prequentialAccuracy(prequential, fadingFactor) : null),
  },
]);

function windowedMetric(kind: 'wf' | 'wp', window: number): RunMetric {
  const falls = kind === 'wf';
  const metric = falls ? windowedForgetting : windowedPlasticity;
  return {
    name: `${kind}${window}`,
    title: `${kind.toUpperCase()}${window}`,
    definition: `The largest ${falls ? 'fall' : 'rise'} within ${window} updates, averaged over the tasks.`,
    source: deLange,
    unit: 'accuracy',
    direction: falls ? 'lower' : 'higher',
    range: share,
    from: 'log',
    functions: [falls ? 'windowedForgetting' : 'windowedPlasticity'],
    compute: ({ accuracy }) => metric(accuracy, window),
  };
}

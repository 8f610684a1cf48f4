import type * as z from 'zod';
import { choice, fraction, positiveInteger, positiveShare } from '../options.ts';
import type { Distribution } from './density.ts';
import { dropSchedules, type DropSchedule } from './dropFraction.ts';
import { growthCandidates, type GrowthCandidates } from './evolve.ts';
import { distributionOptionOf, sparsityOption } from './layerMasks.ts';
import { maskInits } from './snip.ts';
import { dropCriteria, type DropCriterion } from './topology.ts';
import { spans } from './topologySchedule.ts';

/** What differs from method to method: a default and its source. */
type Default<T> = readonly [T, string];

export interface SparseTrainingDefaults {
  readonly distribution: Default<Distribution>;
  readonly dropFraction: Default<number>;
  readonly dropSchedule: Default<DropSchedule>;
  readonly interval: Default<number>;
  readonly end: Default<number>;
  readonly drop: Default<DropCriterion>;
  readonly candidates: Default<GrowthCandidates>;
}

export const initOptions = {
  init: choice(maskInits, 'random', {
    description:
      'the first mask: random in each layer, or the weights of largest |g·w| on rows of the first task, ranked over all layers (snip) or with the number of each layer given by the distribution (snip-layers)',
    source: 'arXiv:1810.02340',
  }),
  snipSamples: positiveInteger(100, {
    description:
      'rows of the first task that the first mask is made from, if not random; in a task-free stream the first batch',
    unit: 'samples',
    source: 'arXiv:1810.02340, its code for MNIST',
  }),
};

export function sparseTrainingOptions(defaults: SparseTrainingDefaults) {
  return {
    sparsity: sparsityOption,
    distribution: distributionOptionOf(...defaults.distribution),
    dropFraction: fraction(defaults.dropFraction[0], {
      description: 'share of active weights replaced at each topology update, at the start of the schedule',
      unit: '1',
      source: defaults.dropFraction[1],
    }),
    interval: positiveInteger(defaults.interval[0], {
      description: 'updates between topology updates (ΔT)',
      unit: 'updates',
      source: defaults.interval[1],
    }),
    dropSchedule: choice(dropSchedules, defaults.dropSchedule[0], {
      description: 'whether that share falls to 0 along a cosine or stays as it is',
      source: defaults.dropSchedule[1],
    }),
    end: positiveShare(defaults.end[0], {
      description: 'share of the span after which the topology stays (T_end)',
      unit: '1',
      source: defaults.end[1],
    }),
    over: choice(spans, 'run', {
      description: 'the span of the schedule: the run once, or each task anew; a task-free stream is one task',
      source: 'ours',
    }),
    drop: choice(dropCriteria, defaults.drop[0], {
      description: 'which weights go: smallest |w|, smallest (w·g)², or those nearest to zero of each sign',
      source: defaults.drop[1],
    }),
    candidates: choice(growthCandidates, defaults.candidates[0], {
      description: 'where weights grow: where there were none before the drop, or also where some were just dropped',
      source: defaults.candidates[1],
    }),
    ...initOptions,
  };
}

/** Options that all methods of dynamic sparse training have. */
export type SparseTrainingOptions = z.output<z.ZodObject<ReturnType<typeof sparseTrainingOptions>>>;

/** The conventions of a run in words. */
export function sparseTrainingWords({
  interval,
  dropSchedule,
  dropFraction,
  end,
  over,
}: SparseTrainingOptions): string[] {
  const span = over === 'run' ? 'the run' : 'each task';
  const share = dropSchedule === 'cosine' ? `falling from ${dropFraction} to 0 along a cosine` : `${dropFraction}`;
  return [
    `a topology update every ${interval} updates until ${end} of ${span}, share replaced ${share}`,
    'masked layers are computed densely: sparsity saves no time',
  ];
}

import { parseWith } from '../../base/index.ts';
import type { Lifetime } from '../../logs/index.ts';
import { experiencesToTerminal, mean, saturationOf } from './curves.ts';
import { lifetimeOptionsSchema, type LifetimeOptions, type LifetimeOptionsInput } from './options.ts';
import { prepare } from './preprocess.ts';
import { rangeOf } from './ranges.ts';
import { assessedRegimes, concatenated, tasksByTraining, type Regime } from './regimes.ts';
import { scoreRegime, type ScoredRegime } from './scored-regime.ts';
import { scoreTask } from './task-scores.ts';
import { firstOfPairs, transfers, type Transfer, type Transfers } from './transfer.ts';
import type { LifetimeMetrics, LifetimeScores, RegimeScores, TaskScores } from './types.ts';

type ScoredRegimes = readonly (Regime & ScoredRegime)[];
type Aggregate = (values: readonly (number | null)[]) => number | null;

/**
 * The metrics of DARPA's L2M programme for a lifetime, with the numbers and under the keys of its reference tool, l2metrics: performance
 * maintenance and recovery, forward and backward transfer, relative performance and sample efficiency beside single-task experts, mean training
 * and evaluation performance; for the lifetime, each task and each regime.
 *
 * The value of a lifetime is the mean (or median) over the tasks that have one; for transfer over the _first_ value of each ordered pair of
 * tasks, all later ones left out (`firstOfPairs`).
 *
 * Questionable: over however few tasks those are, so that two lifetimes may be compared on different ones; look at `task_metrics`. What is
 * questionable about each metric stands at its function.
 *
 * Where this differs from the tool: undefined values are null, not NaN, and there is no −0. Not copied are a regime with several
 * `task_params`, after which the tool (in its variant-aware mode) reads other rows than it means to; experts and ranges of variants that
 * are matched by the beginning of a name, so that `task1` gets those of `task10_1`; `recovery_times` left empty where the whole lifetime
 * has one; infinity beside an expert of 0, and NaN for a constant run under `run`. Runs of experts are listed in the order given. Logs that
 * repeat a complete experience number are refused, where the tool averages its rows.
 *
 * Unit: by metric; of maintenance, transfer, relative performance and sample efficiency more is better.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); New et al. 2022 (arXiv:2201.08278); l2metrics, commit 5df07316. Numbers agree with the tool's to
 * 1e-9: on its example under five settings, on made-up lifetimes under nineteen, and maintenance and transfer on its 48 lifetimes.
 *
 * @param experts lifetimes of single-task experts: agents that learnt one task and no other; several for a task are runs of one expert
 * @param options see `lifetimeOptionsSchema`
 * @throws {UserError} for an option that is unknown or not allowed, a lifetime without values, an expert that learnt no task or several,
 * and a `dataRange` that lacks a task
 * @example
 * const rows = { blocks: [0, 1, 2], experiences: [0, 1, 2], training: [0, 1, 0], asleep: [0, 0, 0], task: [0, 1, 0], values: [20, 50, 30] };
 * const lifetime = { ...rows, name: 'run', measure: 'score', tasks: ['a', 'b'], scenario: {}, times: [NaN, NaN, NaN], warnings: [] };
 * lifetimeMetrics(lifetime, [], { normalization: 'none' }).lifetime.forward_transfer_ratio // 30 / 20 = 1.5
 */
export function lifetimeMetrics(
  lifetime: Lifetime,
  experts: readonly Lifetime[] = [],
  options: LifetimeOptionsInput = {},
): LifetimeMetrics {
  const resolved = parseWith(lifetimeOptionsSchema, options, 'options of lifetimeMetrics');
  const prepared = prepare(lifetime, experts, resolved);
  const regimes = prepared.regimes.map(scoreRegime);
  const both = {
    ratio: resolved.transfer === 'contrast' ? null : transfers(regimes, 'ratio'),
    contrast: resolved.transfer === 'ratio' ? null : transfers(regimes, 'contrast'),
  };
  const tasks = tasksByTraining(regimes).map((task) =>
    scoreTask(task, regimes, both, prepared.experts.get(task) ?? [], resolved),
  );
  return {
    lifetime: {
      ...scoresOver(
        tasks.map(({ scores }) => scores),
        both,
        resolved,
      ),
      run_id: lifetime.name,
      complexity: lifetime.scenario.complexity,
      difficulty: lifetime.scenario.difficulty,
      scenario_type: lifetime.scenario.type,
      metrics_column: lifetime.measure,
      ...rangeOf(concatenated(regimes)),
      num_lx: countRows(regimes, true),
      num_ex: countRows(regimes, false),
      runtime: secondsOf(lifetime),
    },
    task_metrics: Object.fromEntries(tasks.map(({ task, scores }) => [task, scores])),
    regimes: regimeScores(regimes),
    normalization_data_range: prepared.dataRange,
    warnings: [
      ...lifetime.warnings,
      ...prepared.warnings,
      ...alternationWarning(regimes),
      ...tasks.flatMap(({ warnings }) => warnings),
      ...overwrittenWarning(both.ratio ?? both.contrast),
    ],
  };
}

type LifetimeMetricScores = Omit<
  LifetimeScores,
  | 'run_id'
  | 'complexity'
  | 'difficulty'
  | 'scenario_type'
  | 'metrics_column'
  | 'min'
  | 'max'
  | 'num_lx'
  | 'num_ex'
  | 'runtime'
>;

function scoresOver(
  tasks: readonly TaskScores[],
  { ratio, contrast }: Readonly<Record<'ratio' | 'contrast', Transfers | null>>,
  { aggregation, maintenance }: LifetimeOptions,
): LifetimeMetricScores {
  const aggregate = aggregation === 'mean' ? meanOfScores : medianOfScores;
  const over = (of: (scores: TaskScores) => number | null | undefined): number | null =>
    aggregate(tasks.map((scores) => of(scores) ?? null));
  const pairs = (values: readonly Transfer[]): number | null => aggregate(firstOfPairs(values));
  return {
    perf_recovery: over((scores) => scores.perf_recovery),
    avg_train_perf: over((scores) => scores.avg_train_perf),
    avg_eval_perf: over((scores) => scores.avg_eval_perf),
    ...(maintenance !== 'mrtlp' && { perf_maintenance_mrlep: over((scores) => scores.perf_maintenance_mrlep) }),
    ...(maintenance !== 'mrlep' && { perf_maintenance_mrtlp: over((scores) => scores.perf_maintenance_mrtlp) }),
    ...(ratio && { forward_transfer_ratio: pairs(ratio.forward), backward_transfer_ratio: pairs(ratio.backward) }),
    ...(contrast && {
      forward_transfer_contrast: pairs(contrast.forward),
      backward_transfer_contrast: pairs(contrast.backward),
    }),
    ste_rel_perf: over((scores) => scores.ste_rel_perf),
    sample_efficiency: over((scores) => scores.sample_efficiency),
  };
}

const meanOfScores: Aggregate = (values) => {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : mean(defined);
};

const medianOfScores: Aggregate = (values) => {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

function regimeScores(regimes: ScoredRegimes): RegimeScores[] {
  const assessed = new Set(assessedRegimes(regimes));
  return regimes.map((regime) => {
    const { value, experiences } = saturationOf(regime.values);
    return {
      block_num: regime.block,
      block_type: regime.training ? 'train' : 'test',
      block_subtype: regime.asleep ? 'sleep' : 'wake',
      task_name: regime.task,
      regime_num: regime.index,
      saturation: value,
      exp_to_sat: experiences,
      term_perf: regime.terminal,
      exp_to_term_perf: experiencesToTerminal(regime.values.length, regime.training),
      avg_perf: assessed.has(regime) ? mean(regime.values) : null,
    };
  });
}

function countRows(regimes: readonly Regime[], training: boolean): number {
  return regimes.filter((regime) => regime.training === training).reduce((sum, { values }) => sum + values.length, 0);
}

/** Over the rows that have a value, as in the tool. */
function secondsOf({ times, values }: Lifetime): number | null {
  const known = times.filter((time, row) => !Number.isNaN(time) && !Number.isNaN(values[row]));
  if (known.length === 0) return null;
  const { min, max } = rangeOf(known);
  return (max - min) / 1e6;
}

/** The tool warns of this, too, and computes all the same: two evaluation blocks in a row are then a pair with nothing between. */
function alternationWarning(regimes: readonly Regime[]): string[] {
  const blocks = regimes.filter(({ block }, i) => i === 0 || block !== regimes[i - 1].block);
  const second = blocks.findIndex(({ training }, i) => i > 0 && training === blocks[i - 1].training);
  if (second === -1) return [];
  const kind = blocks[second].training ? 'learning' : 'evaluation';
  return [`blocks do not alternate: ${blocks[second - 1].block} and ${blocks[second].block} are both of ${kind}`];
}

function overwrittenWarning(values: Transfers | null): string[] {
  if (values === null || values.overwritten === 0) return [];
  const lost = values.overwritten === 1 ? '1 value' : `${values.overwritten} values`;
  return [
    `transfer: ${lost} lost, since several tasks were learnt between two evaluations and only one of them keeps its value`,
  ];
}

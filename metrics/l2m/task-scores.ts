import { mean, saturationOf } from './curves.ts';
import { expertCurves } from './experts.ts';
import { performanceMaintenance } from './maintenance.ts';
import { regimeMeans } from './average-performance.ts';
import type { LifetimeOptions } from './options.ts';
import { rangeOf } from './ranges.ts';
import { performanceRecovery, recoveryTimes } from './recovery.ts';
import { concatenated, wakeTraining, type Regime } from './regimes.ts';
import { relativePerformance } from './relative-performance.ts';
import { sampleEfficiency } from './sample-efficiency.ts';
import type { ScoredRegime } from './scored-regime.ts';
import { transfersByPair, type Transfer, type Transfers } from './transfer.ts';
import type { TaskScores, TransfersFrom } from './types.ts';

/** A task's metrics, and what there is to say about them. */
export interface ScoredTask {
  readonly task: string;
  readonly scores: TaskScores;
  readonly warnings: readonly string[];
}

/** All metrics of a task. `transfers` are those of the whole lifetime, null where they are not asked for; `runs` those of its expert. */
export function scoreTask(
  task: string,
  regimes: readonly (Regime & ScoredRegime)[],
  { ratio, contrast }: Readonly<Record<'ratio' | 'contrast', Transfers | null>>,
  runs: readonly Float64Array[],
  options: LifetimeOptions,
): ScoredTask {
  const own = regimes.filter((regime) => regime.task === task);
  const times = recoveryTimes(regimes, task);
  const trained = regimeMeans(regimes, task, true);
  const evaluated = regimeMeans(regimes, task, false);
  const mrlep = options.maintenance === 'mrtlp' ? null : performanceMaintenance(regimes, task, 'mrlep');
  const mrtlp = options.maintenance === 'mrlep' ? null : performanceMaintenance(regimes, task, 'mrtlp');
  const learnt = wakeTraining(regimes, task);
  const experts = learnt.length === 0 ? [] : expertCurves(runs, options.steAveraging);
  const relative = experts.map((expert) => relativePerformance(concatenated(learnt), expert)).filter((x) => x !== null);
  const numbers = Float64Array.from(learnt.flatMap(({ experiences }) => Array.from(experiences)));
  const efficiency = experts.length === 0 ? null : sampleEfficiency(concatenated(learnt), numbers, experts);
  const count = (training: boolean): number =>
    concatenated(own.filter((regime) => regime.training === training)).length;
  return {
    task,
    scores: {
      perf_recovery: performanceRecovery(times),
      avg_train_perf: meanOrNull(trained),
      avg_eval_perf: meanOrNull(evaluated),
      ...(mrlep && { perf_maintenance_mrlep: mrlep.value }),
      ...(mrtlp && { perf_maintenance_mrtlp: mrtlp.value }),
      ...(ratio && {
        forward_transfer_ratio: transfersFrom(ratio.forward, task),
        backward_transfer_ratio: transfersFrom(ratio.backward, task),
      }),
      ...(contrast && {
        forward_transfer_contrast: transfersFrom(contrast.forward, task),
        backward_transfer_contrast: transfersFrom(contrast.backward, task),
      }),
      ste_rel_perf: meanOrNull(relative),
      sample_efficiency: efficiency?.value ?? null,
      recovery_times: times,
      avg_train_perf_vals: trained,
      avg_eval_perf_vals: evaluated,
      ...(mrlep && { maintenance_val_mrlep: mrlep.stretches }),
      ...(mrtlp && { maintenance_val_mrtlp: mrtlp.stretches }),
      ste_rel_perf_vals: relative,
      ste_saturation_vals: efficiency?.expertSaturations.map(({ value }) => value) ?? [],
      ste_exp_to_sat_vals: efficiency?.expertSaturations.map(({ experiences }) => experiences) ?? [],
      se_saturation_vals: efficiency?.heightRatios ?? [],
      se_exp_to_sat_vals: efficiency?.speedRatios ?? [],
      sample_efficiency_vals: efficiency?.values ?? [],
      se_task_saturation: efficiency?.saturation?.value ?? null,
      se_task_exp_to_sat: efficiency?.saturation?.experiences ?? null,
      ...rangeOf(concatenated(own)),
      num_lx: count(true),
      num_ex: count(false),
    },
    warnings: warningsOf(task, learnt, runs.length, efficiency?.violated ?? false),
  };
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(values);
}

function transfersFrom(values: readonly Transfer[], task: string): TransfersFrom {
  return Object.fromEntries(transfersByPair(values).get(task) ?? []);
}

function warningsOf(task: string, learnt: readonly Regime[], runs: number, violated: boolean): string[] {
  if (learnt.length === 0) return [];
  if (runs === 0) return [`${task}: no single-task expert, so no relative performance and no sample efficiency`];
  if (saturationOf(concatenated(learnt)).experiences === 0)
    return [`${task}: highest at its first experience, so it has no sample efficiency`];
  return violated
    ? [`${task}: its curve falls or stays below a fifth of its expert's, so its sample efficiency is set to 0`]
    : [];
}

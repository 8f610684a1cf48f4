import { basename } from 'node:path';
import type { Stream } from '../benchmarks/index.ts';
import { countParameters, type Engine, type Network } from '../engine/index.ts';
import type { RunRecord } from '../logs/index.ts';
import { findMethod } from '../methods/index.ts';
import type { Evaluator } from './evaluate.ts';
import { trainingOf, type Experiment, type RunPlan } from './experiment.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { conventionsOf } from './schedule.ts';
import { streamOptionsOf } from './streamSchema.ts';

interface Parts {
  readonly experiment: Experiment;
  readonly plan: RunPlan;
  readonly stream: Stream;
  readonly engine: Engine;
  readonly network: Network;
  readonly evaluator: Evaluator;
  readonly warnings: readonly string[];
}

/** The record of a run at its start. */
export function startRecord({ experiment, plan, stream, engine, network, evaluator, warnings }: Parts): RunRecord {
  const { name, label, options } = plan.method;
  const method = findMethod(name);
  const conventions = method.conventions(options);
  return {
    format: 1,
    run: plan.name,
    method: {
      name,
      label,
      title: method.title,
      options: { ...options },
      ...(conventions.length > 0 && { conventions: [...conventions] }),
    },
    seed: plan.seed,
    stream: {
      name: stream.name,
      version: stream.version,
      scenario: stream.scenario,
      options: { ...streamOptionsOf(experiment), ...sourceOptions(stream) },
      tasks: stream.tasks.map((task, i) => ({
        name: task.name,
        train: task.train.length,
        test: task.test.length,
        evaluated: evaluator.subsetSizes[i],
      })),
      inputShape: [...stream.inputShape],
      outputs: stream.outputCount,
    },
    network: {
      name: network.name,
      options: { ...network.options },
      parameters: countParameters(network.parameters),
    },
    training: { ...trainingOf(plan.method), ...scheduleFileOf(plan.method) },
    evaluation: {
      every: experiment.evaluateEvery,
      subset: experiment.evaluateSubset,
      mode: experiment.evaluateMode,
      ...evaluator.usage,
      ...(experiment.prequential && { prequential: true }),
      ...(experiment.gradients && { gradients: true }),
      conventions: conventionsOf(experiment.evaluateEvery, {
        prequential: experiment.prequential,
        ordered: stream.ordered,
      }),
    },
    engine: {
      name: engine.name,
      threads: engine.threads,
      ...(engine.provider && { provider: engine.provider }),
    },
    versions: describeVersions(),
    machine: describeMachine(),
    status: 'running',
    reason: null,
    warnings: [...warnings],
    started: new Date().toISOString(),
    ended: null,
    cost: null,
  };
}

/** The name of the file of a refined schedule, beside its checksum; the folder that it lies in says nothing. */
function scheduleFileOf({ scheduleFile }: RunPlan['method']): Record<string, string> {
  return scheduleFile === undefined ? {} : { scheduleFile: basename(scheduleFile) };
}

/** Which file a stream was read from: by its checksum; the folder that it lay in says nothing. */
function sourceOptions({ source }: Stream): Record<string, string> {
  return source ? { csv: basename(source.path), csvSha256: source.sha256 } : {};
}

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
}

/** The record of a run at its start. */
export function startRecord({ experiment, plan, stream, engine, network, evaluator }: Parts): RunRecord {
  const { name, label, options } = plan.method;
  return {
    format: 1,
    run: plan.name,
    method: { name, label, title: findMethod(name).title, options: { ...options } },
    seed: plan.seed,
    stream: {
      name: stream.name,
      version: stream.version,
      scenario: stream.scenario,
      options: { ...streamOptionsOf(experiment) },
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
    training: { ...trainingOf(plan.method) },
    evaluation: {
      every: experiment.evaluateEvery,
      subset: experiment.evaluateSubset,
      mode: experiment.evaluateMode,
      ...evaluator.usage,
      ...(experiment.prequential && { prequential: true }),
      conventions: conventionsOf(experiment.evaluateEvery, experiment.prequential),
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
    started: new Date().toISOString(),
    ended: null,
    cost: null,
  };
}

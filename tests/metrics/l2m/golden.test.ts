import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLifetime, type Lifetime } from '../../../logs/index.ts';
import {
  lifetimeMetrics,
  lifetimeMetricsJson,
  type LifetimeMetrics,
  type LifetimeOptionsInput,
} from '../../../metrics/index.ts';
import { scenarioFiles, scenarioFolder, type RegimeSpec } from '../../logs/importers/scenario.ts';
import { close } from './reference.ts';

/**
 * Made-up lifetimes (`plain`: variants, a task that is never learnt and constant, two tasks learnt between evaluations, two evaluation
 * blocks in a row, empty values; `sleep`: blocks asleep; `falling`: curves that go down) and experts, and what l2metrics (commit
 * 5df07316, with l2logger e73dfacc, NumPy 1.26.4, pandas 1.5.3, SciPy 1.17.1) computes of them.
 */
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const { lifetimes, experts } = fixture('synthetic') as {
  readonly lifetimes: Record<string, RegimeSpec[]>;
  readonly experts: RegimeSpec[][];
};
const golden = fixture('golden') as Record<string, Golden>;

interface Golden {
  readonly lifetime: string;
  readonly settings: Record<string, never>;
  /** Without `task_metrics` where other settings show them. */
  readonly metrics: Record<string, unknown>;
  readonly regimes?: unknown[];
}

const optionNames: Record<string, keyof LifetimeOptionsInput> = {
  variant_mode: 'variants',
  ste_averaging_method: 'steAveraging',
  aggregation_method: 'aggregation',
  maintenance_method: 'maintenance',
  transfer_method: 'transfer',
  normalization_method: 'normalization',
  smoothing_method: 'smoothing',
  window_length: 'windowLength',
  do_smooth_eval_data: 'smoothEvaluation',
  clamp_outliers: 'clampOutliers',
  data_range: 'dataRange',
};

const optionsOf = (settings: Golden['settings']): LifetimeOptionsInput =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [optionNames[name], value]));

const read = (name: string, regimes: readonly RegimeSpec[]): Lifetime =>
  readLifetime(scenarioFolder(name, scenarioFiles(regimes)));

const metricsOf = ({ lifetime, settings }: Golden): LifetimeMetrics => {
  const runs = experts.map((expert, i) => read(`expert${i}`, expert));
  return lifetimeMetrics(read(lifetime, lifetimes[lifetime]), runs, optionsOf(settings));
};

describe('l2metrics on made-up lifetimes', () => {
  it.each(Object.entries(golden))('every number of setting %s', (_, expected) => {
    const { task_metrics: tasks, ...lifetime } = lifetimeMetricsJson(metricsOf(expected));
    const { task_metrics: expectedTasks = tasks, ...expectedLifetime } = expected.metrics;
    expect(lifetime).toEqual(close(expectedLifetime));
    expect(tasks).toEqual(close(expectedTasks));
  });
  it.each(Object.entries(golden).filter(([, { regimes }]) => regimes))('every regime of setting %s', (_, expected) => {
    expect(metricsOf(expected).regimes).toEqual(close(expected.regimes));
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLifetime } from '../../../logs/index.ts';
import { lifetimeMetrics, lifetimeMetricsJson, type LifetimeOptionsInput } from '../../../metrics/index.ts';
import { close, referenceExperts, referenceFolder, skippedWithout } from './reference.ts';

const skipped = skippedWithout(referenceFolder);

const settings: Record<string, LifetimeOptionsInput> = {
  default: {},
  both_both: { maintenance: 'both', transfer: 'both' },
  smooth_none: { smoothing: 'none', maintenance: 'both', transfer: 'both' },
  norm_none: { normalization: 'none', maintenance: 'both', transfer: 'both' },
  clamp: { clampOutliers: true, maintenance: 'both', transfer: 'both' },
};

describe.skipIf(skipped !== '')(`l2metrics on its example lifetime${skipped}`, () => {
  const lifetime = (): ReturnType<typeof readLifetime> => readLifetime(join(referenceFolder, 'll_logs', 'multi_task'));

  it.each(Object.keys(settings))('every number of setting %s', (name) => {
    const { settings: _, ...expected } = JSON.parse(
      readFileSync(join(referenceFolder, 'expected', `${name}.json`), 'utf8'),
    );
    const metrics = lifetimeMetrics(lifetime(), referenceExperts(), settings[name]);
    expect(metrics).toEqual(close(expected));
    expect(Object.keys(metrics.lifetime).toSorted()).toEqual(Object.keys(expected.lifetime).toSorted());
    expect(lifetimeMetricsJson(metrics)).toEqual(
      close({
        ...expected.lifetime,
        normalization_data_range: expected.normalization_data_range,
        task_metrics: expected.task_metrics,
      }),
    );
  });

  it('the JSON that it ships, decimals of the lifetime and keys of the tasks', () => {
    const shipped = JSON.parse(readFileSync(join(referenceFolder, 'results', 'multi_task_metrics.json'), 'utf8'));
    const ours = lifetimeMetricsJson(lifetimeMetrics(lifetime(), referenceExperts()));
    expect(ours).toEqual(close(shipped));
    expect(JSON.stringify(ours)).not.toMatch(/-0[,\]}]/);
    expect(ours.perf_maintenance_mrlep).toBe(3.8626981189);
  });
});

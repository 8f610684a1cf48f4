import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import {
  firstOfPairs,
  performanceMaintenance,
  transfers,
  transfersByPair,
  type ScoredRegime,
} from '../../../metrics/index.ts';
import { close, referenceFolder, skippedWithout } from './reference.ts';

/**
 * Maintenance and transfer from nothing but the terminal performances of regimes, as l2metrics tabulates them: its example lifetime,
 * and the 48 of its `examples/evaluation_results` where `ll_metrics_regime.tsv` and `ll_metrics.json` lie there, too.
 */
const results = join(referenceFolder, 'results');
const skipped = skippedWithout(results);

interface Shipped {
  readonly run_id: string;
  readonly perf_maintenance_mrlep: number | null;
  readonly forward_transfer_ratio: number | null;
  readonly backward_transfer_ratio: number | null;
  readonly task_metrics: Record<string, Record<string, unknown>>;
}

const lifetimes =
  skipped === ''
    ? readdirSync(results)
        .filter((name) => name.endsWith('_regime.tsv'))
        .flatMap(read)
    : [];

function read(name: string): { shipped: Shipped; regimes: ScoredRegime[] }[] {
  const file = (ending: string): string => join(results, name.replace('_regime.tsv', ending));
  const json = [file('_metrics.json'), file('.json')].find((path) => existsSync(path))!;
  const shipped: Shipped[] = [JSON.parse(readFileSync(json, 'utf8').replaceAll(/\bNaN\b/g, 'null'))].flat();
  const rows: Record<string, string>[] = parse(readFileSync(join(results, name)), { delimiter: '\t', columns: true });
  return shipped.map((lifetime) => ({
    shipped: lifetime,
    regimes: rows
      .filter((row) => row.run_id === lifetime.run_id)
      .map((row) => ({
        index: Number(row.regime_num),
        training: row.block_type === 'train',
        asleep: row.block_subtype === 'sleep',
        task: row.task_name,
        terminal: Number(row.term_perf),
      })),
  }));
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

describe.skipIf(skipped !== '')(`${lifetimes.length} lifetimes of l2metrics, by regime${skipped}`, () => {
  it.each(lifetimes)('$shipped.run_id', ({ shipped, regimes }) => {
    expect(regimes.length).toBeGreaterThan(10);
    const tasks = Object.keys(shipped.task_metrics);
    const maintained = tasks.map((task) => performanceMaintenance(regimes, task, 'mrlep'));
    const { forward, backward } = transfers(regimes, 'ratio');
    const from = (pairs: ReturnType<typeof transfersByPair>, task: string): unknown =>
      Object.fromEntries(pairs.get(task) ?? []);
    expect(
      tasks.map((task, i) => ({
        perf_maintenance_mrlep: maintained[i].value,
        maintenance_val_mrlep: maintained[i].stretches,
        forward_transfer_ratio: from(transfersByPair(forward), task),
        backward_transfer_ratio: from(transfersByPair(backward), task),
      })),
    ).toEqual(
      tasks.map((task) => {
        const { perf_maintenance_mrlep, maintenance_val_mrlep, forward_transfer_ratio, backward_transfer_ratio } =
          shipped.task_metrics[task];
        return close({
          perf_maintenance_mrlep,
          maintenance_val_mrlep,
          forward_transfer_ratio,
          backward_transfer_ratio,
        });
      }),
    );
    expect([
      mean(maintained.map(({ value }) => value).filter((value) => value !== null)),
      mean(firstOfPairs(forward)),
      mean(firstOfPairs(backward)),
    ]).toEqual(
      close([shipped.perf_maintenance_mrlep, shipped.forward_transfer_ratio, shipped.backward_transfer_ratio]),
    );
  });
});

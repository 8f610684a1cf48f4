import { join } from 'node:path';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { writeFiles } from '../files.ts';

/** Block, kind, subtype, task, and the values of its experiences; null is an empty cell. */
export type RegimeSpec = readonly [
  block: number,
  type: 'train' | 'test',
  subtype: 'wake' | 'sleep',
  task: string,
  values: readonly (number | null)[],
];

export const header = [
  'block_num',
  'exp_num',
  'worker_id',
  'block_type',
  'block_subtype',
  'task_name',
  'task_params',
  'exp_status',
  'timestamp',
  'reward',
].join('\t');

/** The files of a scenario as l2logger writes them, an experience every quarter of a second. Keys are paths in its folder. */
export function scenarioFiles(regimes: readonly RegimeSpec[]): Record<string, string> {
  const files: Record<string, string> = {
    'logger_info.json': JSON.stringify({ metrics_columns: ['reward'], log_format_version: '1.1' }),
    'scenario_info.json': JSON.stringify({ complexity: '1-low', difficulty: '1-easy', scenario_type: 'custom' }),
  };
  let experience = 0;
  for (const [block, type, subtype, task, values] of regimes) {
    const name = `w0/${block}-${type}/data-log.tsv`;
    files[name] ??= `${header}\n`;
    for (const value of values) {
      const seconds = new Date(Date.UTC(2024, 0, 31, 23, 59, 58) + 250 * experience).toISOString();
      const time = `${seconds.slice(0, 23).replaceAll(/[-:]/g, '')}000`;
      const cells = [block, experience, 'w0', type, subtype, task, '"{""level"": 1}"', 'complete', time, value ?? ''];
      files[name] += `${cells.join('\t')}\n`;
      experience++;
    }
  }
  return files;
}

/** Writes those files into a new folder of the given name, and returns it. */
export function scenarioFolder(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), name);
  writeFiles(folder, files);
  return folder;
}

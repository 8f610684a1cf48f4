import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError, codeOf, messageOf, unknownName } from '../../../base/index.ts';
import { readJson } from '../../json.ts';
import type { Lifetime, LifetimeScenario } from '../../lifetime.ts';
import { cellError } from '../tables/delimited.ts';
import { readExperienceRows, type ExperienceRow } from './rows.ts';

const loggerInfo = z.looseObject({ metrics_columns: z.array(z.string()).min(1, 'must list a metric or more') });

const scenarioInfo = z.looseObject({
  complexity: z.string().optional(),
  difficulty: z.string().optional(),
  scenario_type: z.string().optional(),
});

const known = {
  complexity: ['1-low', '2-intermediate', '3-high'],
  difficulty: ['1-easy', '2-medium', '3-hard'],
  scenario_type: ['condensed', 'dispersed', 'permuted', 'alternating', 'ste', 'custom'],
} as const;

/**
 * Reads the folder of one scenario as l2logger writes it (format 1.0 and 1.1): `logger_info.json`, `scenario_info.json` and every
 * `data-log.tsv` below, put in the order of the experiences. Rows that are `incomplete` are checked and left out; an empty metric
 * is NaN.
 *
 * Source of the format: l2logger, commit e73dfacc, `docs/log_format.md`, and `validate_log` of its `util.py`; where this reader is
 * stricter docs/formats.md says so.
 *
 * @param measure the column whose numbers are read, one of the log's metrics; may be left out where there is one only
 * @throws {UserError} naming file, row and column for a file that is missing or breaks the format, block numbers that go down as
 * experiences go on, an experience that is complete twice, and for a log without a complete experience
 * @example readLifetime('logs/multi_task-1618-42', 'performance')
 */
export function readLifetime(folder: string, measure?: string): Lifetime {
  const infoPath = join(folder, 'logger_info.json');
  const { metrics_columns: metrics } = readJson(infoPath, loggerInfo);
  const chosen = chooseMeasure(infoPath, metrics, measure);
  const { scenario, warnings } = readScenario(folder);

  const rows = dataFiles(folder).flatMap((path) => readExperienceRows(path, metrics, chosen));
  // Stable, so that of the rows of an experience in a block those of an earlier file come first.
  rows.sort((a, b) => a.experience - b.experience || a.block - b.block);
  checkOrder(rows);
  const complete = rows.filter((row) => row.complete);
  if (complete.length === 0)
    throw new UserError(`${folder}: no complete experience in any data-log.tsv; nothing to read`);

  const indexOfTask = new Map<string, number>();
  for (const { task } of complete) if (!indexOfTask.has(task)) indexOfTask.set(task, indexOfTask.size);
  const tasks = [...indexOfTask.keys()];
  const odd = tasks.filter((task) => !/^[0-9a-z]+_[0-9a-z]+$/.test(task));
  if (odd.length > 0) warnings.push(`tasks are not named <task>_<variant>: ${odd.join(', ')}`);

  const column = (of: (row: ExperienceRow) => number): Float64Array => Float64Array.from(complete, of);
  return {
    name: basename(resolve(folder)),
    measure: chosen,
    scenario,
    tasks,
    blocks: column((row) => row.block),
    experiences: column((row) => row.experience),
    training: Uint8Array.from(complete, (row) => Number(row.training)),
    asleep: Uint8Array.from(complete, (row) => Number(row.asleep)),
    task: Int32Array.from(complete, (row) => indexOfTask.get(row.task)!),
    values: column((row) => row.value),
    times: column((row) => row.time),
    warnings,
  };
}

function chooseMeasure(path: string, metrics: readonly string[], measure: string | undefined): string {
  if (measure === undefined) {
    if (metrics.length > 1)
      throw new UserError(`${path} lists several metrics: ${metrics.join(', ')}; say which to read`);
    return metrics[0];
  }
  if (!metrics.includes(measure)) throw unknownName(`metric column of ${path}`, measure, metrics);
  return measure;
}

/** What the scenario says of itself. It only labels results, so that a log without it can be read. */
function readScenario(folder: string): { scenario: LifetimeScenario; warnings: string[] } {
  const path = join(folder, 'scenario_info.json');
  if (!existsSync(path))
    return { scenario: { complexity: '', difficulty: '', type: '' }, warnings: [`${path} does not exist`] };
  const info = readJson(path, scenarioInfo);
  const warnings: string[] = [];
  for (const key of ['complexity', 'difficulty', 'scenario_type'] as const) {
    const value = info[key];
    if (value === undefined) warnings.push(`${path} has no ${key}`);
    else if (!known[key].some((name) => name === value.toLowerCase()))
      warnings.push(`${path}: unknown ${key}: ${value} (known: ${known[key].join(', ')})`);
  }
  const { complexity = '', difficulty = '', scenario_type: type = '' } = info;
  return { scenario: { complexity, difficulty, type }, warnings };
}

function dataFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => basename(name) === 'data-log.tsv').toSorted();
    if (files.length === 0) throw new UserError(`${folder} holds no data-log.tsv; name the folder of one scenario`);
    return files.map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof UserError || codeOf(error) === undefined) throw error;
    throw new UserError(`cannot read ${folder}: ${messageOf(error)}`);
  }
}

/** Blocks follow one another as experiences do, and an experience is complete once. `rows` are in order of experience. */
function checkOrder(rows: readonly ExperienceRow[]): void {
  let previous: ExperienceRow | undefined;
  let lastComplete: ExperienceRow | undefined;
  for (const current of rows) {
    if (previous !== undefined && current.block < previous.block) {
      const problem = `block ${current.block} at experience ${current.experience} comes after block ${previous.block} (${placeOf(previous)}); blocks must be numbered in the order in which they were run`;
      throw cellError(current.table, current.row, 'block_num', problem);
    }
    previous = current;
    if (!current.complete) continue;
    if (lastComplete?.experience === current.experience) {
      const problem = `experience ${current.experience} is complete a second time (first: ${placeOf(lastComplete)}); number experiences without repeats, or mark all rows but one as incomplete`;
      throw cellError(current.table, current.row, 'exp_num', problem);
    }
    lastComplete = current;
  }
}

function placeOf({ table, row }: ExperienceRow): string {
  return `${table.path}, row ${table.lines[row]}`;
}

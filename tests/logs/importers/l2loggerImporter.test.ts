import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { readLifetime } from '../../../logs/index.ts';
import type { Imported, ImportOptions } from '../../../logs/importers/importer.ts';
import { importLogs } from '../../../logs/importers/registry.ts';
import { scenarioFiles, scenarioFolder, type RegimeSpec } from './scenario.ts';

const regimes: RegimeSpec[] = [
  [0, 'test', 'wake', 'a_1', [1, 2, 3, null]],
  [0, 'test', 'wake', 'b_2', [5]],
  [1, 'train', 'wake', 'a_1', [2, 2.5]],
  [2, 'test', 'wake', 'a_1', [4, 4]],
  [3, 'train', 'wake', 'b_2', [7]],
  [4, 'test', 'sleep', 'b_2', [8, 10]],
];
const files = scenarioFiles(regimes);

function importOne(path: string, options?: ImportOptions): Imported {
  const [found, ...others] = importLogs(path, options);
  expect(others).toEqual([]);
  return found;
}

describe('a scenario', () => {
  const folder = scenarioFolder('scenario-17-4', files);

  test('is the lifetime that its reader reads', () => {
    const { lifetime, format, name } = importOne(folder);
    expect({ format, name }).toEqual({ format: 'l2logger', name: 'scenario-17-4' });
    expect(lifetime).toEqual(readLifetime(folder));
  });

  // By hand: 1, 2, 3 have mean 2 and standard variance 1, so √(1/3); 8, 10 have √2, so 1.
  test('is a log of its evaluation blocks: means, errors by their spread, numbers, and what was trained before', () => {
    const { log } = importOne(folder);
    expect(log).toEqual({
      measure: 'reward',
      higherIsBetter: true,
      tasks: ['a_1', 'b_2'],
      steps: Float64Array.of(0, 2, 3),
      trainingTask: Int32Array.of(-1, 0, 1),
      values: [Float64Array.of(2, 4, NaN), Float64Array.of(5, NaN, 9)],
      standardErrors: [Float64Array.of(Math.sqrt(1 / 3), NaN, NaN), Float64Array.of(NaN, NaN, 1)],
      counts: [Float64Array.of(3, 2, NaN), Float64Array.of(1, NaN, 2)],
    });
  });

  test('may be named by its data or its logger_info.json, and all of it is read, which is said', () => {
    for (const file of ['w0/1-train/data-log.tsv', 'logger_info.json']) {
      const { lifetime, notes } = importOne(join(folder, file));
      expect(lifetime).toEqual(readLifetime(folder));
      expect(notes[0]).toContain(`was read with all of its scenario, ${folder}`);
    }
  });

  test('without evaluation blocks is a lifetime only', () => {
    const { log, lifetime, notes } = importOne(
      scenarioFolder('ste', scenarioFiles([[0, 'train', 'wake', 'a_1', [1]]])),
    );
    expect(log).toBeNull();
    expect([...lifetime!.values]).toEqual([1]);
    expect(notes).toContain('there is no evaluation block, so there is a lifetime and no log');
  });

  test('in which experiences are missing is told so', () => {
    const [head, , ...rest] = files['w0/0-test/data-log.tsv'].split('\n');
    const { log, notes } = importOne(
      scenarioFolder('s', { ...files, 'w0/0-test/data-log.tsv': [head, ...rest].join('\n') }),
    );
    expect(log!.values[0][0]).toBe(2.5);
    expect(notes).toContain('1 experience is missing or incomplete, from number 0 on, and counted nowhere');
  });
});

test('two evaluation blocks in a row are two rows', () => {
  const folder = scenarioFolder('s', scenarioFiles([[0, 'test', 'wake', 'a_1', [1]], [1, 'test', 'wake', 'a_1', [2]]])); // prettier-ignore
  const { log } = importOne(folder);
  expect([...log!.values[0]]).toEqual([1, 2]);
  expect([...log!.steps]).toEqual([0, 0]);
});

test('a folder of scenarios is read one by one', () => {
  const folder = scenarioFolder('all', {
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`ll/x/${name}`, text])),
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`ste/y/${name}`, text])),
  });
  expect(importLogs(folder).map(({ name }) => name)).toEqual(['ll/x', 'ste/y']);
});

describe('a measure', () => {
  const named = (measure: string, values: readonly number[]): string => {
    const made = scenarioFiles([[0, 'test', 'wake', 'a_1', values]]);
    return scenarioFolder('s', Object.fromEntries(Object.entries(made).map(([name, text]) => [name, text.replaceAll('reward', measure)]))); // prettier-ignore
  };

  test('that is a reward keeps its scale', () => {
    const { log, notes } = importOne(named('reward', [80, 90]));
    expect(log!.values[0][0]).toBe(85);
    expect(notes.join()).not.toContain('percent');
  });

  test('that is an accuracy in percent becomes a share, in the log and in the lifetime', () => {
    const { log, lifetime, notes } = importOne(named('accuracy', [80, 90]));
    expect(log!.values[0][0]).toBeCloseTo(0.85, 12);
    expect([...lifetime!.values]).toEqual([0.8, 0.9]);
    expect(notes.join()).toContain('taken for percentages');
  });

  test('of which lower values are better has a log and no lifetime', () => {
    const { log, lifetime } = importOne(named('loss', [3, 2]));
    expect(log!.higherIsBetter).toBe(false);
    expect(lifetime).toBeNull();
  });

  test('must be named where there are several', () => {
    const folder = scenarioFolder('s', { ...files, 'logger_info.json': '{"metrics_columns": ["reward", "exp_num"]}' });
    expect(() => importLogs(folder)).toThrow('lists several metrics: reward, exp_num; say which to read');
    expect([...importOne(folder, { metric: 'exp_num' }).lifetime!.values]).toEqual([...Array(12).keys()]);
  });
});

test('data without logger_info.json is refused', () => {
  const { 'logger_info.json': _, ...rest } = files;
  const folder = scenarioFolder('s', rest);
  const file = join(folder, 'w0/0-test/data-log.tsv');
  expect(() => importLogs(file)).toThrow(
    `${file}: no logger_info.json beside it or above; name the folder of the scenario`,
  );
  expect(() => importLogs(folder, { format: 'l2logger' })).toThrow(`${folder}/logger_info.json does not exist`);
});

const upstream = join(packageRoot, '..', 'shared', 'logs', 'l2m');
const skipped = existsSync(upstream) ? '' : ' (skipped: there is no ../shared/logs/l2m)';

describe.skipIf(skipped !== '')(`the example of l2metrics${skipped}`, () => {
  test('is found by its content, with 12 evaluation blocks of 3 tasks', () => {
    const { log, lifetime, format, notes } = importOne(join(upstream, 'll_logs', 'multi_task'));
    expect(format).toBe('l2logger');
    expect(lifetime!.tasks).toHaveLength(3);
    expect(log!.steps).toHaveLength(12);
    // Its experiences are numbered without gaps.
    expect(notes.join()).not.toContain('missing');
  });
});

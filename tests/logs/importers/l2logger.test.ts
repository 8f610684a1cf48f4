import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError, packageRoot } from '../../../base/index.ts';
import { readLifetime, type Lifetime } from '../../../logs/index.ts';
import { header, scenarioFiles, scenarioFolder, type RegimeSpec } from './scenario.ts';

const regimes: RegimeSpec[] = [
  [0, 'test', 'wake', 'a_1', [1, null]],
  [1, 'train', 'wake', 'A_1', [2, -0.5]],
  [1, 'train', 'sleep', 'b_2', [1e-5]],
];
const files = scenarioFiles(regimes);
const test = 'w0/0-test/data-log.tsv';
const train = 'w0/1-train/data-log.tsv';

const read = (changed: Record<string, string>, measure?: string): Lifetime =>
  readLifetime(scenarioFolder('scenario-17-4', { ...files, ...changed }), measure);

/** The message of the error, with the scenario's folder cut off its paths. */
function problem(changed: Record<string, string>, measure?: string): string {
  const folder = scenarioFolder('scenario-17-4', { ...files, ...changed });
  try {
    readLifetime(folder, measure);
  } catch (error) {
    if (error instanceof UserError) return error.message.replaceAll(join(folder, '/'), '').replaceAll(folder, '.');
    throw error;
  }
  return 'nothing thrown';
}

describe('readLifetime', () => {
  it('reads a scenario in the order of its experiences', () => {
    expect(read({})).toEqual({
      name: 'scenario-17-4',
      measure: 'reward',
      scenario: { complexity: '1-low', difficulty: '1-easy', type: 'custom' },
      tasks: ['a_1', 'b_2'],
      blocks: Float64Array.of(0, 0, 1, 1, 1),
      experiences: Float64Array.of(0, 1, 2, 3, 4),
      training: Uint8Array.of(0, 0, 1, 1, 1),
      asleep: Uint8Array.of(0, 0, 0, 0, 1),
      task: Int32Array.of(0, 0, 0, 0, 1),
      values: Float64Array.of(1, NaN, 2, -0.5, 1e-5),
      // A month turns between the first and the last.
      times: Float64Array.from([0, 0.25, 0.5, 0.75, 1], (s) => (Date.UTC(2024, 0, 31, 23, 59, 58) + 1000 * s) * 1000),
      warnings: [],
    });
  });

  it('puts together what workers logged apart, at any depth', () => {
    const [head, first, second] = files[test].split('\n');
    const apart = {
      [test]: `${head}\n${second}\n`,
      'deeper/w1/0-test/data-log.tsv': `${head}\n${first.replace('\tw0\t', '\tw1\t')}\n`,
    };
    expect(read(apart)).toEqual(read({}));
  });

  it.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['blank lines', (text: string) => text.replaceAll('\n', '\n\n')],
    ['no column block_subtype', withoutColumn('block_subtype')],
    [
      'columns of its own',
      (text: string) => text.replaceAll('\n', '\tnote\n').replaceAll('\tnote\n', '\t"x ""y"" z"\n'),
    ],
    ['columns in another order', (text: string) => reordered(text)],
  ])('reads past %s', (_, change) => {
    const changed = Object.fromEntries([test].map((name) => [name, change(files[name])]));
    expect(read(changed)).toEqual(read({}));
  });

  it('leaves out incomplete rows, with numbers that a complete one has', () => {
    const [head, first, ...rest] = files[train].split('\n');
    const incomplete = first.replace('complete', 'incomplete').replace(/\t2$/, '\t99');
    expect(read({ [train]: [head, incomplete, first, incomplete, ...rest].join('\n') })).toEqual(read({}));
  });

  it('takes parameters with the bare NaN of Python, and cells without parameters or time', () => {
    const odd = files[test].replace('"{""level"": 1}"', '"{""level"": NaN, ""x"": -Infinity, ""s"": ""NaN \\""""}"');
    expect(read({ [test]: odd })).toEqual(read({}));
    const { times } = read({ [test]: files[test].replaceAll(/"\{""level"": 1\}"|2024\S+/g, '') });
    expect(Array.from(times.subarray(0, 3))).toEqual([NaN, NaN, expect.any(Number)]);
  });

  it('reads the metric that is asked for', () => {
    const two = { 'logger_info.json': '{"metrics_columns": ["reward", "exp_num"]}' };
    expect([...read(two, 'exp_num').values]).toEqual([0, 1, 2, 3, 4]);
    expect(problem(two)).toBe('logger_info.json lists several metrics: reward, exp_num; say which to read');
  });

  it('warns of what only labels results', () => {
    const { warnings, scenario } = read({
      'scenario_info.json': '{"complexity": "1-Low", "difficulty": "4-cruel"}',
      [test]: files[test].replaceAll('a_1', 'a'),
    });
    const unknown = '/scenario_info.json: unknown difficulty: 4-cruel (known: 1-easy, 2-medium, 3-hard)';
    expect(warnings).toEqual([
      expect.stringContaining(unknown),
      expect.stringContaining('/scenario_info.json has no scenario_type'),
      'tasks are not named <task>_<variant>: a',
    ]);
    expect(scenario).toEqual({ complexity: '1-Low', difficulty: '4-cruel', type: '' });
  });
});

const line = (text: string, number: number, change: (cells: string[]) => void): string => {
  const lines = text.split('\n');
  const cells = lines[number - 1].split('\t');
  change(cells);
  lines[number - 1] = cells.join('\t');
  return lines.join('\n');
};
const cell = (column: number, value: string): Record<string, string> => ({
  [train]: line(files[train], 3, (cells) => {
    cells[column] = value;
  }),
});

/** What is broken, how, and the whole message. */
const broken: [string, Record<string, string>, string][] = [
  [
    'a last line cut short within a number',
    { [train]: files[train].slice(0, -3) },
    `${train}, row 4: the line has no line end, so it was probably cut short; complete it or remove it`,
  ],
  [
    'a last line cut short within parameters',
    { [train]: files[train].slice(0, files[train].lastIndexOf('1}"')) },
    `${train}, row 4: a quote opens and never closes; close it, or remove the line if it was cut short`,
  ],
  [
    'a quote within a cell',
    cell(5, 'A"_1'),
    `${train}, row 3: a quote stands within a cell; quote the whole cell and write each quote in it twice`,
  ],
  [
    'commas instead of tabs',
    { [test]: files[test].replaceAll('\t', ',') },
    `${test}, row 1: a single column, "block_num,exp_num,worker_id,block_type,block_subtype,task…"; columns must be separated by tabs`,
  ],
  ['an empty file', { [test]: '' }, `${test} is empty: it must begin with a line of column names`],
  [
    'a row with a cell too few',
    { [train]: line(files[train], 3, (cells) => cells.pop()) },
    `${train}, row 3, column "reward": 9 cells instead of 10; correct or remove the row`,
  ],
  [
    'a row with a cell too many',
    { [train]: line(files[train], 3, (cells) => cells.push('7')) },
    `${train}, row 3: 11 cells instead of 10; correct or remove the row`,
  ],
  [
    'a column named twice',
    { [train]: files[train].replace('task_params', 'task_name') },
    `${train}, row 1: column "task_name" stands there twice; rename or remove one`,
  ],
  [
    'a missing column',
    { [train]: withoutColumn('exp_status')(files[train]) },
    `${train}, row 1: no column "exp_status" (needed: block_num, exp_num, worker_id, block_type, task_name, task_params, exp_status, timestamp); add it, or get the file from l2logger again`,
  ],
  [
    'a missing metric',
    { [train]: withoutColumn('reward')(files[train]) },
    `${train}, row 1: no column "reward" (logger_info.json says that it is there); add it, or get the file from l2logger again`,
  ],
  [
    'blocks that go down as experiences go on',
    { [train]: files[train].replaceAll('\n1\t', '\n0\t'), [test]: files[test].replaceAll('\n0\t', '\n3\t') },
    `${train}, row 2, column "block_num": block 0 at experience 2 comes after block 3 (${test}, row 3); blocks must be numbered in the order in which they were run`,
  ],
  [
    'a block that is no number',
    cell(0, '1.0'),
    `${train}, row 3, column "block_num": "1.0" is not a whole number, 0 or more`,
  ],
  [
    'experiences that go down in a file',
    cell(1, '1'),
    `${train}, row 3, column "exp_num": experience 1 follows experience 2; rows must stand in the order in which they were logged`,
  ],
  [
    'an experience that is complete twice',
    cell(1, '2'),
    `${train}, row 3, column "exp_num": experience 2 is complete a second time (first: ${train}, row 2); number experiences without repeats, or mark all rows but one as incomplete`,
  ],
  [
    'an experience that another file has, too',
    { [train]: line(files[train], 2, (cells) => (cells[1] = '1')) },
    `${train}, row 2, column "exp_num": experience 1 is complete a second time (first: ${test}, row 3); number experiences without repeats, or mark all rows but one as incomplete`,
  ],
  [
    'an unknown kind of block',
    cell(3, 'Train'),
    `${train}, row 3, column "block_type": "Train" is unknown (allowed: train, test)`,
  ],
  ['an unknown subtype', cell(4, ''), `${train}, row 3, column "block_subtype": "" is unknown (allowed: wake, sleep)`],
  [
    'an unknown status',
    cell(7, 'done'),
    `${train}, row 3, column "exp_status": "done" is unknown (allowed: complete, incomplete)`,
  ],
  [
    'a worker with a space',
    cell(2, 'w 0'),
    `${train}, row 3, column "worker_id": "w 0" is not a name of letters, digits, "_", "-" and "."`,
  ],
  ['a row without a task', cell(5, ''), `${train}, row 3, column "task_name": "" is not the name of a task`],
  [
    'parameters that are no JSON',
    cell(6, "{'level': 1}"),
    `${train}, row 3, column "task_params": {'level': 1} is not JSON; write an object such as {"level": 2}, or leave the cell empty`,
  ],
  [
    'a time that is none',
    cell(8, '20240230T000000.000000'),
    `${train}, row 3, column "timestamp": "20240230T000000.000000" is not a time such as 20210415T145944.089775`,
  ],
  [
    'a metric that is NaN',
    cell(9, 'nan'),
    `${train}, row 3, column "reward": "nan" is not a finite number; leave the cell empty where nothing was measured, and the row is left out`,
  ],
  [
    'a metric beyond all numbers',
    cell(9, '1e999'),
    `${train}, row 3, column "reward": "1e999" is not a finite number; leave the cell empty where nothing was measured, and the row is left out`,
  ],
  [
    'a metric with a decimal comma',
    cell(9, '0,5'),
    `${train}, row 3, column "reward": "0,5" is not a finite number; leave the cell empty where nothing was measured, and the row is left out`,
  ],
  [
    'no list of metrics',
    { 'logger_info.json': '{}' },
    'logger_info.json: metrics_columns: expected array, received undefined',
  ],
  [
    'an empty list of metrics',
    { 'logger_info.json': '{"metrics_columns": []}' },
    'logger_info.json: metrics_columns: must list a metric or more',
  ],
  [
    'no complete experience at all',
    Object.fromEntries([test, train].map((name) => [name, files[name].replaceAll('\tcomplete', '\tincomplete')])),
    '.: no complete experience in any data-log.tsv; nothing to read',
  ],
];

const example = join(packageRoot, '..', 'shared', 'logs', 'l2m', 'l2logger_example_data_log.tsv');
const skipped = existsSync(example) ? '' : ' (skipped: there is no ../shared/logs/l2m)';

describe.skipIf(skipped !== '')(`the example of l2logger, commit e73dfacc${skipped}`, () => {
  it('can be read: its first block, 100 experiences of task A', () => {
    const lifetime = read({ [test]: readFileSync(example, 'utf8'), [train]: `${header}\n` });
    expect(lifetime.tasks).toEqual(['a']);
    expect(lifetime.values).toEqual(new Float64Array(100).fill(1));
    expect(lifetime.warnings).toEqual(['tasks are not named <task>_<variant>: a']);
  });
});

describe('readLifetime refuses', () => {
  it.each(broken)('%s', (_, changed, message) => {
    expect(problem(changed)).toBe(message);
  });
  it('a metric that the log does not list', () => {
    expect(problem({}, 'score')).toBe('unknown metric column of logger_info.json: score (known: reward)');
  });
  it('a logger_info.json that is no JSON', () => {
    expect(problem({ 'logger_info.json': '{"metrics_' })).toMatch(/^cannot read logger_info\.json: /);
  });
  it('a folder without logger_info.json', () => {
    const { 'logger_info.json': _, ...rest } = files;
    const folder = scenarioFolder('s', rest);
    expect(() => readLifetime(folder)).toThrow(
      new UserError(`${folder}/logger_info.json does not exist; check the path`),
    );
  });
  it('a folder without data', () => {
    const folder = scenarioFolder('s', { 'logger_info.json': files['logger_info.json'] });
    expect(() => readLifetime(folder)).toThrow(
      new UserError(`${folder} holds no data-log.tsv; name the folder of one scenario`),
    );
  });
});

function withoutColumn(name: string): (text: string) => string {
  return (text) => {
    const at = text.split('\n')[0].split('\t').indexOf(name);
    return text
      .split('\n')
      .map((row) => row.split('\t').toSpliced(at, 1).join('\t'))
      .join('\n');
  };
}

function reordered(text: string): string {
  return text
    .split('\n')
    .map((row) => row.split('\t').toReversed().join('\t'))
    .join('\n');
}

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError, createRng, packageRoot } from '../../../base/index.ts';
import {
  createStream,
  datasetOf,
  resolveStreamOptions,
  resolveStreamShape,
  type Stream,
  type StreamOptions,
} from '../../../benchmarks/index.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { countClasses, readRows } from '../fixtures.ts';

const folder = temporaryFolder();
let files = 0;

/** Writes a file and returns its path. */
function write(text: string): string {
  const path = join(folder, `table-${++files}.csv`);
  writeFileSync(path, text);
  return path;
}

const open = (csv: string, options: Partial<StreamOptions> = {}, dataDir?: string): Promise<Stream> =>
  createStream(
    'drift-csv',
    { scenario: 'domain', csv, tasks: 2, testShare: 0.5, ...options },
    { rng: createRng(1), dataDir },
  );

/** The rows of a part of a task, as arrays. */
function rowsOf(stream: Stream, task: number, part: 'train' | 'test'): number[][] {
  const [columns] = stream.inputShape;
  const flat = [...readRows(stream.tasks[task][part], columns)];
  return stream.tasks[task][part].labels.length === 0
    ? []
    : Array.from(stream.tasks[task][part].labels, (_, i) => flat.slice(i * columns, (i + 1) * columns));
}

// Two parts of four rows; with a test share of a half every second row is a test row.
const small = `size,colour,constant,kind
1,red,5,yes
100,green,5,no
3,red,5,no
-7,blue,5,yes
10,green,6,no
11,red,5,yes
0,blue,5,yes
1,red,4,no
`;

test('by hand: numbers by the first part’s training rows, categories in ascending order, the last column as target', async () => {
  const stream = await open(write(small));
  expect(stream).toMatchObject({ name: 'drift-csv', version: 1, scenario: 'domain', inputShape: [5], outputCount: 2 });
  expect(stream.tasks.map(({ name, outputs }) => [name, outputs])).toEqual([
    ['part-1', [0, 1]],
    ['part-2', [0, 1]],
  ]);
  // Training rows of the first part: sizes 1 and 3, mean 2, deviation 1. Columns: size, blue, green, red, constant (mean 5, deviation 1).
  expect(rowsOf(stream, 0, 'train')).toEqual([[-1, 0, 0, 1, 0], [1, 0, 0, 1, 0]]); // prettier-ignore
  expect(rowsOf(stream, 0, 'test')).toEqual([[98, 0, 1, 0, 0], [-9, 1, 0, 0, 0]]); // prettier-ignore
  expect(rowsOf(stream, 1, 'train')).toEqual([[8, 0, 1, 0, 1], [-2, 1, 0, 0, 0]]); // prettier-ignore
  expect(rowsOf(stream, 1, 'test')).toEqual([[9, 0, 0, 1, 0], [-1, 0, 0, 1, -1]]); // prettier-ignore
  // no: 0, yes: 1.
  expect(stream.tasks.map(({ train, test: held }) => [[...train.labels], [...held.labels]])).toEqual([
    [[1, 0], [0, 1]],
    [[0, 1], [1, 0]],
  ]); // prettier-ignore
  expect(stream.tasks.map(({ train, test: held }) => [[...train.ids], [...held.ids]])).toEqual([
    [[0, 2], [1, 3]],
    [[4, 6], [5, 7]],
  ]); // prettier-ignore
});

test('columns can be taken as the target, as categories, or left out', async () => {
  const stream = await open(write(small), { target: 'colour', categorical: ['constant'], ignore: ['kind'] });
  expect(stream.outputCount).toBe(3);
  expect([...stream.tasks[0].train.labels, ...stream.tasks[1].train.labels]).toEqual([2, 2, 1, 0]);
  // size, then constant as 4, 5 or 6.
  expect(rowsOf(stream, 1, 'train')).toEqual([[8, 0, 0, 1], [-2, 0, 1, 0]]); // prettier-ignore
});

test('numbers as classes or categories are in the order of numbers', async () => {
  const stream = await open(write('x,class\n1,10\n1,9\n1,100\n1,9\n'));
  expect(stream.tasks.flatMap(({ train, test: held }) => [...train.labels, ...held.labels])).toEqual([1, 0, 2, 0]);
});

test('what comes later changes nothing of the first part', async () => {
  const later = small.replace('10,green,6,no', '1e6,green,-3,no').replace('0,blue,5,yes', '-40,blue,77,yes');
  const [a, b] = await Promise.all([small, later].map((text) => open(write(text))));
  for (const part of ['train', 'test'] as const) expect(rowsOf(b, 0, part)).toEqual(rowsOf(a, 0, part));
  expect(rowsOf(b, 1, 'train')).not.toEqual(rowsOf(a, 1, 'train'));
});

test('a column that does not change in the first part is shifted and not stretched, however its mean is rounded', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i < 15 ? 0.1 : 0.3},${i},${i % 2}`);
  const stream = await open(write(`flat,x,class\n${rows.join('\n')}\n`));
  expect(rowsOf(stream, 0, 'train').map(([flat]) => flat)).toEqual(Array.from({ length: 8 }, () => 0));
  for (const [flat] of rowsOf(stream, 1, 'train')) expect(flat).toBeCloseTo(0.2, 6);
});

test('parts are consecutive, as equal as can be, and every row is in one place; test rows come evenly', async () => {
  const rows = Array.from({ length: 103 }, (_, i) => `${i},${i % 2}`);
  const { tasks, ordered } = await open(write(`x,class\n${rows.join('\n')}\n`), { tasks: 4, testShare: 0.2 });
  expect(ordered).toBe(true);
  const all = tasks.map(({ train, test: held }) => [...train.ids, ...held.ids].toSorted((a, b) => a - b));
  expect(all.flat()).toEqual(Array.from({ length: 103 }, (_, i) => i));
  expect(all.map(({ length }) => length)).toEqual([25, 26, 26, 26]);
  // Every fifth row of a part.
  tasks.forEach(({ train, test: held }, t) => {
    expect([...held.ids]).toEqual(all[t].filter((_, i) => i % 5 === 4));
    expect([...train.ids]).toEqual(all[t].filter((_, i) => i % 5 !== 4));
  });
});

test.each([
  [
    'CR LF, a byte order mark, quotes, blanks and blank lines',
    '\uFEFFx , class\r\n 1,"a, b"\r\n\r\n2, c \r\n3,"a, b"\r\n4,c\r\n\r\n',
  ],
  ['no line end at the end', 'x,class\n1,"a, b"\n2,c\n3,"a, b"\n4,c'],
])('%s are read', async (_, text) => {
  const stream = await open(write(text));
  expect(rowsOf(stream, 0, 'train')).toEqual([[0]]);
  expect(stream.tasks.flatMap(({ train, test: held }) => [...train.labels, ...held.labels])).toEqual([0, 1, 0, 1]);
});

test('a column that leaves the first part’s range by far is remarked upon, others are not', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${i * i},${i % 2}`);
  // y in the training rows of the first part: 0, 4 and 16 of three, so deviation 6.8; (59² - 6.67) / 6.80 = 511.
  const stream = await open(write(`x,y,class\n${rows.join('\n')}\n`), { tasks: 10 });
  expect(stream.remarks).toEqual([
    expect.stringMatching(
      /^column "y" goes as far as 511 deviations from its mean in the first task, .*; if it only grows /,
    ),
  ]);
});

describe('missing values', () => {
  const gaps = 'x,colour,class\n1,red,a\n?,NA,b\n3,,a\n4,red,b\n,red,a\n5,blue,b\nNA,red,a\n0,red,b\n';

  test('are refused unless told otherwise', async () => {
    const path = write(gaps);
    await expect(open(path)).rejects.toThrow(
      new UserError(
        `${path}, row 3, column "x": the value is missing; fill it in, or set missing to mean for the column’s mean in the first task`,
      ),
    );
  });

  test('become the first part’s mean, and none of the categories', async () => {
    const stream = await open(write(gaps), { missing: 'mean' });
    // x: 1 and 3 in the training rows of the first part, mean 2, deviation 1; then blue, red.
    expect(rowsOf(stream, 0, 'train')).toEqual([[-1, 0, 1], [1, 0, 0]]); // prettier-ignore
    expect(rowsOf(stream, 0, 'test')).toEqual([[0, 0, 0], [2, 0, 1]]); // prettier-ignore
    expect(rowsOf(stream, 1, 'train')).toEqual([[0, 0, 1], [0, 0, 1]]); // prettier-ignore
  });

  test('cannot be filled in where the first part has none to take the mean of', async () => {
    const path = write('x,y,class\n?,1,a\n1,1,b\n?,1,a\n1,1,b\n1,1,a\n1,1,b\n1,1,a\n1,1,b\n');
    await expect(open(path, { missing: 'mean' })).rejects.toThrow(
      `${path}: column "x" has no value in the training rows of the first task, so it has no mean there; leave it out with ignore`,
    );
  });

  test('are never filled in among the classes', async () => {
    const path = write('x,class\n1,a\n2,b\n3,?\n4,b\n');
    await expect(open(path, { missing: 'mean' })).rejects.toThrow(
      `${path}, row 4, column "class": the class is missing; take the row out`,
    );
  });
});

const many = (count: number, cell: (i: number) => string): string =>
  `x,y,class\n${Array.from({ length: count }, (_, i) => cell(i)).join('\n')}\n`;

test.each<[string, string, Partial<StreamOptions>, string]>([
  ['a short row', 'x,y,class\n1,2,a\n1,b\n', {}, ', row 3, column "class": the cell is missing; the row has 2 cells, and there are 3 names'],
  ['a long row', 'x,class\n1,a\n\n1,b,c\n', {}, ', row 4, column 3: too much; the row has 3 cells, and there are 2 names'],
  ['an unknown target', small, { target: 'price' }, 'unknown column in target: price of FILE (known: colour, constant, kind, size)'],
  ['an unknown column to ignore', small, { ignore: ['date'] }, 'unknown column in ignore: date of FILE (known: colour, '],
  ['an unknown category', small, { categorical: ['hue'] }, 'unknown column in categorical: hue of FILE (known: colour, '],
  ['an ignored target', small, { ignore: ['kind'] }, 'ignore: kind is the target, or stands in categorical too'],
  ['no inputs', small, { ignore: ['size', 'colour', 'constant'] }, 'FILE: no column is left for the inputs; ignore fewer'],
  ['text among numbers', small.replace('0,blue', 'none,blue'), {}, 'FILE, row 8, column "size": expected a finite number, got "none"; if its values are categories, name the column in categorical'],
  ['NaN', small.replace('1,red,5', 'NaN,red,5'), {}, 'FILE, row 2, column "size": expected a finite number, got "NaN"; write ? where a value is missing'],
  ['infinity', small.replace('11,red,5', '-inf,red,5'), {}, 'FILE, row 7, column "size": expected a finite number, got "-inf"; write ?'],
  ['a number with a unit', small.replace('100,green', '0x64,green'), {}, 'FILE, row 3, column "size": expected a finite number, got "0x64"'],
  ['too few rows', small, { tasks: 5 }, 'FILE has 8 rows, too few for 5 tasks: each needs 2 or more to have a test row (testShare 0.5)'],
  ['too few for the share', small, { testShare: 0.2 }, 'FILE has 8 rows, too few for 2 tasks: each needs 5 or more'],
  ['an empty file', '', {}, 'FILE is empty: it must begin with a row of column names'],
  ['a header alone', 'x,class\n', {}, 'FILE has 0 rows, too few for 2 tasks'],
  ['no header', '1,2\n3,4\n', {}, 'FILE, row 1: expected a row of column names, got only numbers; put a header there'],
  ['a name twice', 'x,x\n3,4\n', {}, 'FILE, row 1, column 2: the name "x" stands twice'],
  ['a column without a name', ',x\n3,4\n', {}, 'FILE, row 1, column 1: the column has no name; give it one'],
  ['other separators', 'x;class\n1;a\n', {}, 'FILE has a single column, "x;class"; inputs and a target need two or more; its values must be separated by commas'],
  ['quotes that do not end', 'x,class\n1,"a\n2,b\n', {}, 'FILE: not a CSV file: '],
  ['one class', 'x,class\n1,a\n2,a\n3,a\n4,a\n', {}, 'FILE: the target "class" has the one class a; it needs two or more'],
  ['a column without values', 'x,y,class\n?,1,a\n?,2,b\n?,3,a\n?,4,b\n', { missing: 'mean' }, 'FILE: column "x" has no values; leave it out with ignore'],
  ['too many categories', many(300, (i) => `d${i % 101},1,${i % 2}`), {}, 'FILE: column "x" has 101 categories, more than 100 (d0, d1, d10, …); leave it out with ignore'],
  ['a quantity as target', many(100, (i) => `1,2,${(i * 7) % 41}.5`), {}, 'FILE: the target "class" has 41 different numbers, so it looks like a quantity and not like classes; name another target, or name it in categorical if they are classes'],
  ['too many classes', many(1001, (i) => `1,2,c${i}`), {}, 'FILE: the target "class" has 1001 classes, more than 1000; name another target'],
])('%s: refused in one line', async (_, text, options, message) => {
  const path = write(text);
  const failure = open(path, options);
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(message.startsWith(', row') ? path + message : message.replaceAll('FILE', path));
}); // prettier-ignore

test('numbers may be classes, where they are few or said to be', async () => {
  const digits = await open(write(many(100, (i) => `1,2,${i % 20}`)));
  expect(digits.outputCount).toBe(20);
  const forced = await open(write(many(100, (i) => `1,2,${i % 50}`)), { categorical: ['class'] });
  expect(forced.outputCount).toBe(50);
});

describe('the file', () => {
  test('is part of what the stream is: with its checksum, and another is refused', async () => {
    const path = write(small);
    const sha256 = createHash('sha256').update(small).digest('hex');
    expect((await open(path)).source).toEqual({ path, sha256 });
    expect((await open(path, { csvSha256: sha256 })).source).toEqual({ path, sha256 });
    writeFileSync(path, small.replace('11,red', '12,red'));
    await expect(open(path, { csvSha256: sha256 })).rejects.toThrow(
      new RegExp(
        `^${path} is not the file of the experiment: its content has sha256 [0-9a-f]{64}, expected ${sha256}; get`,
      ),
    );
  });

  test('is looked for as it is named, then in the folder of the data, where its name is enough', async () => {
    const dataDir = join(folder, 'data');
    mkdirSync(join(dataDir, 'weather'), { recursive: true });
    writeFileSync(join(dataDir, 'weather', 'rain.csv'), small);
    writeFileSync(join(dataDir, 'snow.csv'), small);
    const pathOf = async (csv: string) => (await open(csv, {}, dataDir)).source?.path;
    expect(await pathOf('weather/rain.csv')).toBe(join(dataDir, 'weather', 'rain.csv'));
    expect(await pathOf('/home/other/snow.csv')).toBe(join(dataDir, 'snow.csv'));
    expect(await pathOf(join(dataDir, 'weather', 'rain.csv'))).toBe(join(dataDir, 'weather', 'rain.csv'));
    await expect(open('hail.csv', {}, dataDir)).rejects.toThrow(
      `csv: hail.csv does not exist (looked for: ${join(process.cwd(), 'hail.csv')}, ${join(dataDir, 'hail.csv')})`,
    );
    await expect(open(dataDir)).rejects.toThrow(`cannot read ${dataDir}: EISDIR`);
  });
});

test('what is known without the file', () => {
  expect(datasetOf('drift-csv')).toBeNull();
  expect(resolveStreamShape('drift-csv', { scenario: 'domain', csv: 'a.csv' })).toBeNull();
  expect(resolveStreamOptions('drift-csv', { scenario: 'task-free', csv: 'a.csv', target: 'y' })).toEqual({
    scenario: 'task-free',
    csv: 'a.csv',
    target: 'y',
    tasks: 10,
    testShare: 0.2,
    categorical: [],
    ignore: [],
    missing: 'error',
  });
});

test.each<[Partial<StreamOptions>, string]>([
  [{ csv: undefined }, 'drift-csv needs csv: the path of a CSV file whose rows stand in order of time'],
  [{ scenario: 'class' }, 'drift-csv streams make no sense in the class scenario (allowed: domain, task-free)'],
  [{ scenario: 'task' }, 'drift-csv streams make no sense in the task scenario (allowed: domain, task-free)'],
  [{ testShare: 0 }, 'invalid testShare: 0 (allowed: a share above 0 and up to 0.5)'],
  [{ testShare: 0.7 }, 'invalid testShare: 0.7 (allowed: a share above 0 and up to 0.5)'],
  [{ missing: 'drop' as never }, 'unknown missing: drop (known: error, mean)'],
  [{ tasks: 0 }, 'invalid tasks: 0 (allowed: a whole number of at least 1)'],
  [{ classOrder: 'random' }, 'unknown option of drift-csv streams: classOrder (known: categorical, csv, csvSha256, '],
])('%j is refused before a file is opened', (options, message) => {
  expect(() => resolveStreamOptions('drift-csv', { scenario: 'domain', csv: '/nowhere.csv', ...options })).toThrow(
    message,
  );
});

const shared = join(packageRoot, '..', 'shared', 'datasets');
const skipped = existsSync(join(shared, 'electricity')) ? '' : ' (skipped: there is no ../shared/datasets/electricity)';

describe.skipIf(skipped !== '')(`real data${skipped}`, () => {
  test.each([
    // Counts of the classes in ascending order, as the README beside the files gives them.
    ['electricity/elecNormNew.csv', [26075, 19237], 8],
    ['noaa-weather/weather.csv', [12461, 5698], 8],
  ])('%s: every row is used, and the first part is normalised', async (name, classes, columns) => {
    const { tasks, inputShape } = await open(join(shared, name), { tasks: 10, testShare: 0.2 });
    expect(inputShape).toEqual([columns]);
    const labels = tasks.flatMap(({ train, test: held }) => [...train.labels, ...held.labels]);
    expect(countClasses(labels, 2)).toEqual(classes);
    for (const { train, test: held } of tasks) expect(held.length / (train.length + held.length)).toBeCloseTo(0.2, 3);

    // The moments again, from lines split by hand.
    const lines = readFileSync(join(shared, name), 'utf8').trimEnd().split('\n').slice(1);
    const cells = lines.map((line) => line.split(',').slice(0, columns).map(Number));
    const first = [...tasks[0].train.ids].map((id) => cells[id]);
    for (const task of [tasks[0], tasks[9]]) {
      const rows = readRows(task.test, columns);
      for (let c = 0; c < columns; c++) {
        const mean = first.reduce((sum, row) => sum + row[c], 0) / first.length;
        const variance = first.reduce((sum, row) => sum + (row[c] - mean) ** 2, 0) / first.length;
        const deviation = variance < 1e-20 ? 1 : Math.sqrt(variance);
        for (const i of [0, 7, 100]) {
          const expected = (cells[task.test.ids[i]][c] - mean) / deviation;
          expect(Math.abs(rows[i * columns + c] - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
        }
      }
    }
  });
});

import { UserError, unknownName } from '../../base/index.ts';
import type { Samples, Task } from '../types.ts';
import { findCsv, readCsv } from './csvTable.ts';
import { encodeTable } from './encodeTable.ts';
import { range, requireTaskCount } from './numbers.ts';
import { createTableSamples } from './table.ts';
import type { StandaloneContent, StandaloneStream } from './types.ts';

const missingOptions = ['error', 'mean'];

/**
 * A table of the user's whose rows stand in order of time, cut into equal consecutive parts, the tasks. What drifts is left to the data: all
 * parts share the outputs, the classes of the target column. Rows are trained on in order; test rows are spread evenly over each part.
 */
export const driftCsv: StandaloneStream = {
  name: 'drift-csv',
  version: 1,
  description: 'a CSV file of your own in order of time, cut into consecutive parts',
  scenarios: ['domain', 'task-free'],
  options: [
    {
      name: 'csv',
      unit: 'path',
      default: 'none',
      description: 'the file, with a header, its rows in order of time; it must be given',
    },
    {
      name: 'csvSha256',
      unit: 'hexadecimal digits',
      default: 'that of the file',
      description: 'checksum of the file, where no other will do',
    },
    { name: 'target', unit: 'column', default: 'the last', description: 'column of the classes' },
    { name: 'tasks', unit: 'tasks', default: '10', description: 'number of parts, as many rows each' },
    {
      name: 'testShare',
      unit: 'share',
      default: '0.2',
      description: 'test rows of each part, at most 0.5: 0.2 takes every fifth',
    },
    {
      name: 'categorical',
      unit: 'columns',
      default: 'none',
      description: 'columns whose numbers are categories, beside those that hold no numbers',
    },
    { name: 'ignore', unit: 'columns', default: 'none', description: 'columns to leave out, such as a date' },
    {
      name: 'missing',
      unit: missingOptions.join(' | '),
      default: 'error',
      description: 'what to do where an input is missing: refuse the file, or take the mean of the first part',
    },
  ],
  plan(given) {
    const { scenario, csv, csvSha256, target, tasks = 10, testShare = 0.2, missing = 'error' } = given;
    const { categorical = [], ignore = [] } = given;
    if (csv === undefined || csv === '') {
      throw new UserError('drift-csv needs csv: the path of a CSV file whose rows stand in order of time');
    }
    requireTaskCount(tasks);
    if (!(testShare > 0 && testShare <= 0.5)) {
      throw new UserError(`invalid testShare: ${testShare} (allowed: a share above 0 and up to 0.5)`);
    }
    if (!missingOptions.includes(missing)) throw unknownName('missing', missing, missingOptions);
    return {
      options: {
        scenario,
        csv,
        ...(csvSha256 !== undefined && { csvSha256 }),
        ...(target !== undefined && { target }),
        tasks,
        testShare,
        categorical,
        ignore,
        missing,
      },
      shape: null,
      async build({ dataDir }): Promise<StandaloneContent> {
        const table = readCsv(findCsv(csv, dataDir), csvSha256);
        const parts = cutRows(table.path, table.rows.length, tasks, testShare);
        const encoded = encodeTable(table, {
          target: target ?? table.header[table.header.length - 1],
          categorical,
          ignore,
          missing,
          fit: parts[0].train,
        });
        const outputs = range(0, encoded.classNames.length);
        const samplesOf = (ids: Int32Array): Samples =>
          createTableSamples(
            encoded,
            ids,
            ids.map((id) => encoded.labels[id]),
          );
        return {
          inputShape: [encoded.columns],
          outputCount: outputs.length,
          ordered: true,
          remarks: encoded.remarks,
          source: { path: table.path, sha256: table.sha256 },
          tasks: parts.map(({ train, test }, t): Task => ({
            name: `part-${t + 1}`,
            outputs,
            train: samplesOf(train),
            test: samplesOf(test),
          })),
        };
      },
    };
  },
};

interface Part {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Equal consecutive parts (their lengths differ by one at most), the test rows spread evenly over each: row i, from 0, where
 * ⌊(i+1)·share⌋ > ⌊i·share⌋.
 */
function cutRows(path: string, rows: number, tasks: number, testShare: number): Part[] {
  // A fifth of 15 rows must be 3 whatever the rounding.
  const testRowsBelow = (i: number): number => Math.floor(i * testShare + 1e-9);
  const needed = range(1, 1 + Math.ceil(1 / testShare)).find((length) => testRowsBelow(length) > 0)!;
  if (Math.floor(rows / tasks) < Math.max(2, needed)) {
    throw new UserError(
      `${path} has ${rows} rows, too few for ${tasks} tasks: each needs ${Math.max(2, needed)} or more to have a test row (testShare ${testShare})`,
    );
  }
  return range(0, tasks).map((t) => {
    const start = Math.floor((rows * t) / tasks);
    const all = range(0, Math.floor((rows * (t + 1)) / tasks) - start);
    const isTest = (i: number): boolean => testRowsBelow(i + 1) > testRowsBelow(i);
    return {
      train: Int32Array.from(all.filter((i) => !isTest(i)).map((i) => start + i)),
      test: Int32Array.from(all.filter(isTest).map((i) => start + i)),
    };
  });
}

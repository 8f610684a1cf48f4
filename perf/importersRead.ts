/** @file One read of one file, measured; started by `importers.ts`. Arguments: `import` or `plain`, and the path. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { createLogBuilder } from '../logs/importers/shared/logBuilder.ts';
import { importLogs } from '../logs/importers/registry.ts';
import type { EvaluationLog } from '../logs/index.ts';

export interface Measured {
  readonly seconds: number;
  /** Of the processor, on all its cores, which other work on the machine disturbs less. */
  readonly processor: number;
  /** The most memory that the process ever held. */
  readonly peakBytes: number;
  /** Of the log, to tell whether two ways read the same. */
  readonly checksum: number;
}

/** All rows by a library, held, then made a log of. */
function readPlainly(path: string): EvaluationLog {
  const builder = createLogBuilder(path);
  const text = readFileSync(path, 'utf8');
  const add = (names: readonly string[], cells: readonly unknown[]): void => {
    const step = Number(cells[0]);
    if (names[1] === 'task') builder.add(step, String(cells[1]), Number(cells[2]));
    else for (let at = 1; at < names.length; at++) builder.add(step, names[at], Number(cells[at]));
  };
  if (path.endsWith('.csv')) {
    const [header, ...rows]: string[][] = parse(text);
    for (const cells of rows) add(header, cells);
  } else {
    const rows = text.split('\n').filter((line) => line !== '');
    const objects = rows.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const object of objects) add(Object.keys(object), Object.values(object));
  }
  return builder.build('score', true, []);
}

const [way, path] = process.argv.slice(2);
const start = performance.now();
const used = process.cpuUsage();
const log = way === 'import' ? importLogs(path)[0].log! : readPlainly(path);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(used);
const peakBytes = process.resourceUsage().maxRSS * 1024;
const byName = log.tasks
  .map((name, task) => ({ name, values: log.values[task] }))
  .toSorted((a, b) => (a.name < b.name ? -1 : 1));
let checksum = 0;
for (const [i, { values }] of byName.entries())
  values.forEach((value, row) => (checksum += value * (1 + ((row + i) % 97))));
process.stdout.write(
  JSON.stringify({ seconds, processor: (user + system) / 1e6, peakBytes, checksum } satisfies Measured),
);

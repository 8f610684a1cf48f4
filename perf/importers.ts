/**
 * @file `npm run perf:importers`: what reading tables of a million rows takes, beside a plain read of the same files: by csv-parse, or one JSON.parse a line, into rows that are
 * held. Every read is a process of its own; both ways in turn. Results: docs/performance.md
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { createRng } from '../base/index.ts';
import type { Measured } from './importersRead.ts';
import { formatFigures, median, type Figure } from './measure.ts';

const { turns, rows } = await yargs(hideBin(process.argv))
  .usage('npm run perf:importers -- [options]')
  .option('turns', { type: 'number', default: 5, describe: 'reads of each file each way' })
  .option('rows', { type: 'number', default: 1_000_000, describe: 'rows of each file' })
  .strict()
  .parse();

const tasks = 20;
const rng = createRng(1);

/** Rows of a tidy table, 20 tasks at every step. */
function tidyRows(form: (step: number, task: string, value: string) => string): string[] {
  return Array.from({ length: rows }, (_, i) =>
    form(Math.floor(i / tasks), `task_${i % tasks}`, rng.uniform().toFixed(4)),
  );
}

function csv(header: string, lines: readonly string[]): string {
  return `${[header, ...lines].join('\n')}\n`;
}

const header = 'step,task,value';
const tidy = tidyRows((step, task, value) => `${step},${task},${value}`);
const shuffled = [...rng.permutation(rows)].map((i) => tidy[i]);
const values = (): string => rng.uniform().toFixed(4);
const wide = Array.from({ length: rows }, (_, step) => `${step},${values()},${values()},${values()}`);

const files: readonly (readonly [what: string, name: string, content: () => string])[] = [
  ['tidy CSV, 20 tasks', 'tidy.csv', () => csv(header, tidy)],
  ['the same, rows in any order', 'shuffled.csv', () => csv(header, shuffled)],
  [
    'the same, text in quotes',
    'quoted.csv',
    () =>
      csv(
        '"step","task","value"',
        tidyRows((step, task, value) => `${step},"${task}",${value}`),
      ),
  ],
  [
    'tidy JSON Lines, 20 tasks',
    'tidy.jsonl',
    () => `${tidyRows((step, task, value) => `{"step": ${step}, "task": "${task}", "value": ${value}}`).join('\n')}\n`,
  ],
  ['wide CSV, 3 tasks', 'wide.csv', () => csv('step,a,b,c', wide)],
  [
    'wide JSON Lines, 3 tasks',
    'wide.jsonl',
    () =>
      `${wide
        .map((line) => line.split(','))
        .map(([step, a, b, c]) => `{"step": ${step}, "a": ${a}, "b": ${b}, "c": ${c}}`)
        .join('\n')}\n`,
  ],
];

function read(path: string, way: 'import' | 'plain'): Measured {
  const child = join(import.meta.dirname, 'importersRead.js');
  return JSON.parse(execFileSync(process.execPath, [child, way, path], { encoding: 'utf8' })) as Measured;
}

const folder = mkdtempSync(join(tmpdir(), 'stabgap-perf-'));
const figures: Figure[] = [];
try {
  for (const [what, name, content] of files) {
    const path = join(folder, name);
    writeFileSync(path, content());
    process.stderr.write(`${what}, ${(statSync(path).size / 1e6).toFixed(0)} MB\n`);
    const [own, plain]: [Measured[], Measured[]] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      own.push(read(path, 'import'));
      plain.push(read(path, 'plain'));
    }
    if (own[0].checksum !== plain[0].checksum) throw new Error(`${what}: the two ways read different values`);
    const middle = (all: readonly Measured[], of: (one: Measured) => number): number => median(all.map(of));
    const seconds = (one: Measured): number => one.seconds;
    const processor = (one: Measured): number => one.processor;
    const megabytes = (all: readonly Measured[]): number => Math.max(...all.map((one) => one.peakBytes)) / 1e6;
    figures.push(
      { name: `${what}: imported`, value: middle(own, seconds), unit: 's', bar: { atMost: 2 } },
      { name: `${what}: fastest`, value: Math.min(...own.map(seconds)), unit: 's' },
      { name: `${what}: processor time`, value: middle(own, processor), unit: 's' },
      { name: `${what}: most memory of the process`, value: megabytes(own), unit: 'MB', bar: { atMost: 500 } },
      { name: `${what}: plain`, value: middle(plain, seconds), unit: 's' },
      { name: `${what}: plain, processor time`, value: middle(plain, processor), unit: 's' },
      { name: `${what}: plain, most memory`, value: megabytes(plain), unit: 'MB' },
      { name: `${what}: plain / imported`, value: middle(plain, seconds) / middle(own, seconds), unit: '×' },
      {
        name: `${what}: plain / imported, processor time`,
        value: middle(plain, processor) / middle(own, processor),
        unit: '×',
      },
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${cpus()[0].model}, ${cpus().length} cores, ${rows} rows a file\n\n${formatFigures(figures)}\n`);

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { readEvaluationLog, readMatrix, runRecordSchema } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const page = readFileSync(join(packageRoot, 'docs/formats.md'), 'utf8');
const section = (title: string): string => page.split(`\n## ${title}\n`)[1].split('\n## ')[0];

function exampleOf(title: string): string {
  const path = join(temporaryFolder(), 'example.csv');
  writeFileSync(path, section(title).split('```\n')[1]);
  return path;
}

it('docs/formats.md describes every key of run.json, in order', () => {
  const keys = [...section('run.json').matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key);
  expect(keys).toEqual(Object.keys(runRecordSchema.shape));
});

it('docs/formats.md describes every key of the operations and masks in the cost of a run, in order', () => {
  const rows = [...section('cost.flops and cost.masks').matchAll(/^\| (`.*?) *\|/gm)];
  const keys = rows.flatMap(([, cell]) => cell.split(', ').map((key) => key.replaceAll('`', '')));
  const { flops, masks } = runRecordSchema.shape.cost.unwrap().shape;
  expect(keys).toEqual([flops, masks].flatMap((part) => Object.keys(part.unwrap().shape)));
});

it('the examples of docs/formats.md can be read', () => {
  const log = readEvaluationLog(exampleOf('accuracy.csv and loss.csv'), 'accuracy');
  expect([...log.steps]).toEqual([0, 1, 2, 2, 3]);
  expect(log.values[1]).toEqual(Float64Array.of(NaN, NaN, NaN, 0, 0.41));
  expect(readMatrix(exampleOf('matrix.csv'))).toMatchObject({
    tasks: ['0/1', '2/3'],
    rows: [
      [0.97, 0],
      [0.41, 0.95],
    ],
  });
});

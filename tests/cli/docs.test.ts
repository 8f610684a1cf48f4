import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../base/index.ts';
import { executionFlags } from '../../cli/executionFlags.ts';
import { experimentFlags } from '../../cli/experimentFlags.ts';
import { shippedRecipes } from '../../cli/recipe.ts';
import { experimentSchema, resolveExperiment, type ExperimentOptions } from '../../harness/index.ts';

const page = readFileSync(join(packageRoot, 'docs/cli.md'), 'utf8');
const section = (title: string): string => page.split(`# ${title}\n`)[1].split('\n#')[0];

/** The cells of a section's table, without its head. */
function rowsOf(title: string): string[][] {
  const lines = section(title)
    .split('\n')
    .filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

test('docs/cli.md names every key of a recipe with its flag and default', () => {
  const rows = rowsOf('Recipe keys and their flags');
  expect(rows.map(([key]) => key)).toEqual(Object.keys(experimentSchema.shape));
  const flags = { ...experimentFlags(), 'data-dir': executionFlags['data-dir'] };
  expect(rows.map(([, flag]) => flag)).toEqual(Object.keys(flags).map((flag) => `--${flag}`));
  const defaults = Object.entries(experimentFlags()).flatMap(([flag, { defaultDescription }]) =>
    defaultDescription === undefined ? [] : [[`--${flag}`, defaultDescription]],
  );
  expect(defaults.length).toBeGreaterThan(10);
  expect(rows.map(([, flag, value]) => [flag, value])).toEqual(expect.arrayContaining(defaults));
});

test('docs/cli.md names every flag of execution', () => {
  const flags = rowsOf('Execution').map(([flag]) => flag);
  const known = Object.keys(executionFlags).filter((flag) => flag !== 'data-dir');
  expect(flags).toEqual(expect.arrayContaining(known.map((flag) => `--${flag}`)));
});

test('docs/cli.md names every recipe that ships', () => {
  expect(rowsOf('list').map(([name]) => name)).toEqual(shippedRecipes().map(({ name }) => name));
});

test('the recipe of docs/cli.md is valid', () => {
  const text = section("One method's own settings").split('```yaml\n')[1].split('```')[0];
  const { methods } = resolveExperiment(parse(text) as ExperimentOptions);
  expect(methods.map(({ label, options, lr }) => [label, options.memory, lr])).toEqual([
    ['finetune', undefined, 0.05],
    ['er-200', 200, 0.05],
    ['er-1000', 1000, 0.1],
  ]);
});

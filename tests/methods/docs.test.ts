import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { packageRoot } from '../../base/index.ts';
import { methods } from '../../methods/index.ts';

const folder = join(packageRoot, 'docs', 'methods');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8').replaceAll(/[ \t]+/g, ' ');

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

describe.each(methods.map((method) => [method.name, method] as const))('docs/methods/%s.md', (name, method) => {
  const page = existsSync(join(folder, `${name}.md`)) ? read(`${name}.md`) : '';
  const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

  test('has the title, the paper, the scenarios and every heading', () => {
    expect(page).toMatch(`# ${method.title}\n`);
    expect(page).toContain(`scenarios: ${method.scenarios.join(', ')}`);
    expect(section('Paper')).toContain(method.paper);
    for (const heading of ['Implementation details', 'Memory and cost', 'Results', 'Status'])
      expect(section(heading).trim().length, heading).toBeGreaterThan(80);
    expect(section('Implementation details')).toMatch(/^\n1\. /);
    expect(section('Results')).toContain(`--methods ${name} --seeds 3`);
  });

  test('gives every option with its default, unit, meaning and source, and no other', () => {
    const { shape } = method.options as z.ZodObject;
    const cell = (value: unknown): string =>
      (isRecord(value) ? JSON.stringify(value) : String(value)).replaceAll('|', '\\|');
    const rows = Object.entries(shape).map(([option, schema]) => {
      const { unit, description, source } = (schema as z.ZodType).meta() ?? {};
      const cells = [z.parse(schema, undefined), unit, description, source].map(cell);
      for (const each of cells) expect(each, option).not.toBe('undefined');
      return `| \`${option}\` | ${cells.join(' | ')} |`;
    });
    const table = section('Options').split('\n');
    expect(table.filter((line) => line.startsWith('| `'))).toEqual(rows);
  });
});

test('docs/methods/README.md links every page, and there is no page of a method that is not', () => {
  const index = read('README.md');
  for (const { name, title, family } of methods)
    expect(index).toContain(`| [\`${name}\`](${name}.md) | ${title} | ${family} |`);
  expect(readdirSync(folder).toSorted()).toEqual(['README.md', ...methods.map(({ name }) => `${name}.md`)].toSorted());
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import * as metrics from '../../metrics/index.ts';
import { docstringsOf } from '../../tools/docstrings.ts';
import { metricsPage } from '../../tools/metricsPage.ts';
import { readMetricsDocstrings, readMetricsPage } from '../../tools/metricsSources.ts';
import { otherTools } from '../../tools/otherTools.ts';

const page = readFileSync(join(packageRoot, 'docs/metrics.md'), 'utf8');
const index = readFileSync(join(packageRoot, 'metrics/index.ts'), 'utf8');

/** What metrics/index.ts exports, but for types; statistics, events and the monitor have pages of their own. */
const exported = [...index.matchAll(/^export \{([^}]*)\} from '\.\/(?!stats\/|events|monitor)/gm)].flatMap(([, list]) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type ')),
);
const values = new Map<string, unknown>(Object.entries(metrics));
const functions = exported.filter((name) => typeof values.get(name) === 'function');

/** The anchors that GitHub gives the headings of a page. */
const anchors = new Set(
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  ),
);

describe('docs/metrics.md', () => {
  it('is what npm run docs:metrics writes', async () => {
    expect(page).toBe(await readMetricsPage());
  });
  it('lists the metrics of a report in their order', () => {
    const [, table] = page.split('| name ');
    const firstCells = table
      .split('\n\n')[0]
      .split('\n')
      .map((line) => line.split('|')[1] ?? '');
    const listed = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    expect(listed).toEqual(metrics.runMetrics.map(({ name }) => name));
  });
  it('has every function and constant that metrics/index.ts exports', () => {
    expect(exported.length).toBeGreaterThan(50);
    const described = (name: string): boolean =>
      functions.includes(name)
        ? page.includes(`\`\`\`ts\n${name}(`) || page.includes(`\`\`\`ts\n${name}<`)
        : page.includes(`\n\`${name}\`: `);
    expect(exported.filter((name) => !described(name))).toEqual([]);
  });
  it('has links that lead somewhere', () => {
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });
  it('keeps the sections that other pages link to', () => {
    for (const path of ['performance.md', 'cli.md', 'formats.md', 'methods/reloop.md']) {
      const text = readFileSync(join(packageRoot, 'docs', path), 'utf8');
      const links = [...text.matchAll(/metrics\.md#([^)]*)\)/g)].map(([, anchor]) => anchor);
      expect(links.length, path).toBeGreaterThan(0);
      expect(
        links.filter((anchor) => !anchors.has(anchor)),
        path,
      ).toEqual([]);
    }
  });
  it('has two headings of one name nowhere, since a link would lead to the first', () => {
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase());
    expect(headings.filter((title, i) => headings.indexOf(title) < i)).toEqual([]);
  });
});

describe('the docstring of each metric', () => {
  const docstrings = readMetricsDocstrings();
  it.each(functions)('%s says its source and has an example', (name) => {
    const { prose, example } = docstrings.get(name)!;
    expect(prose).toMatch(/^Source: \S/m);
    expect(example).not.toBeNull();
  });
  it('names its parameters as the declaration does', () => {
    const wrong = functions.flatMap((name) => {
      const { params, signature } = docstrings.get(name)!;
      return params.filter((param) => !new RegExp(`[(, ]${param.name}\\??[:, )=]`).test(signature!)).map(() => name);
    });
    expect(wrong).toEqual([]);
  });
});

it('what other tools call a metric is told of columns of a report and of functions', () => {
  const ours = new Set([
    ...metrics.runMetrics.map(({ title }) => title),
    ...functions.map((name) => `\`${name}\``),
    'WF',
    'WP',
    'depth',
    'PM',
    'PR, RP, SE',
    '—',
  ]);
  expect(otherTools.filter(({ here }) => !ours.has(here))).toEqual([]);
  expect(
    metrics.runMetrics.flatMap(({ functions: names }) => names).filter((name) => !functions.includes(name)),
  ).toEqual([]);
});

describe('docstringsOf', () => {
  const source = `
/**
 * Adds (arXiv:2401.00001).
 *
 *     a + b
 *
 * @param b what is
 *   added
 * @returns the sum
 * @throws {RangeError} for NaN
 * @example add({ a: 1 }, 2) // 3
 */
export function add({ a }: SomePair, b: readonly number[] = [], c?: (x: number) => void): number | null {
  return a;
}

/** Two numbers. */
export interface SomePair {
  /** The first, and its name. */
  readonly a: number;
  readonly name: string;
}

export const none = 1;
`;
  it('reads prose, tags, declaration and fields', () => {
    const [add, pair, none] = docstringsOf(source);
    expect(add).toEqual({
      name: 'add',
      kind: 'function',
      prose: 'Adds (arXiv:2401.00001).\n\n    a + b',
      params: [{ name: 'b', text: 'what is\n  added' }],
      returns: 'the sum',
      throws: ['`RangeError` for NaN'],
      example: 'add({ a: 1 }, 2) // 3',
      signature: 'add(pair: SomePair, b: readonly number[] = [], c?: (x: number) => void): number | null',
      fields: [],
    });
    expect(pair).toMatchObject({
      prose: 'Two numbers.',
      fields: [{ names: ['a', 'name'], text: 'The first, and its name.' }],
    });
    expect(none).toMatchObject({ kind: 'const', prose: '', example: null });
  });
  it('becomes a part of the page, with links to sources and to other functions', async () => {
    const docstrings = new Map(docstringsOf(source).map((docstring) => [docstring.name, docstring]));
    const outline = '## One\n\n<!-- function: add -->\n\n<!-- fields: SomePair -->\n';
    const made = await metricsPage(outline, docstrings);
    expect(made).toContain('## One\n\n```ts\nadd(');
    expect(made).toContain('Adds ([arXiv:2401.00001](https://arxiv.org/abs/2401.00001)).\n\n    a + b\n');
    expect(made).toContain('_Returns_ the sum. _Throws_ a `RangeError` for NaN.');
    expect(made).toContain('| `a`, `name` | The first, and its name. |');
    await expect(metricsPage('<!-- function: other -->', docstrings)).rejects.toThrow('metrics/ exports no other');
    await expect(metricsPage('<!-- table: other -->', docstrings)).rejects.toThrow('a table that there is not: other');
  });
});

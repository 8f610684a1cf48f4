import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readRecipe, shippedRecipes } from '../../cli/recipe.ts';
import { resolveExperiment } from '../../harness/index.ts';
import { pagesOf } from '../../tools/methodPages.ts';
import { withPublishedNumbers } from '../../tools/publishedNumbers.ts';
import { targetMetrics } from '../../tools/targetMetrics.ts';
import { isInside, readTargets, tolerance } from '../../tools/targets.ts';

const targets = readTargets();
const recipes = shippedRecipes().map(({ name }) => name);

describe.each(targets.map((target) => [`${target.recipe}, ${target.method}: ${target.published}`, target] as const))(
  'target %s',
  (_, target) => {
    test('is of a recipe that ships, one of its methods and a known metric', () => {
      expect(recipes).toContain(target.recipe);
      const { methods } = resolveExperiment(readRecipe(target.recipe).options);
      expect(methods.map(({ label }) => label)).toContain(target.method);
      expect(Object.keys(targetMetrics)).toContain(target.metric);
    });

    test('has the two-sided band that the rule gives its published value, and a source', () => {
      const published = Number(target.published);
      const half = tolerance(target.published_std);
      expect(Number(target.low)).toBeCloseTo(published - half, 6);
      expect(Number(target.high)).toBeCloseTo(Math.min(100, published + half), 6);
      expect(target.source).not.toBe('');
      expect(target.checked).toMatch(/^(yes|second-hand|no: .+)$/);
      expect(target.protocol).not.toBe('');
    });

    test('is met by three seeds or more, or says why it is not', () => {
      const ours = [target.mean, target.std, target.seeds];
      expect(ours.every((cell) => cell === '') || Number(target.seeds) >= 3).toBe(true);
      expect(isInside(target) || target.note !== '').toBe(true);
    });
  },
);

/** Without the spaces that align tables. */
const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

test.each(pagesOf(targets).map((page) => [page.path.split('/').at(-1), page] as const))(
  'docs/methods/%s shows its targets as they are (npm run reproduce)',
  (_, page) => {
    const text = readFileSync(page.path, 'utf8');
    expect(plain(withPublishedNumbers(text, page.targets))).toBe(plain(text));
  },
);

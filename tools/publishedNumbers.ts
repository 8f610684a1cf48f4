import { readRecipe } from '../cli/recipe.ts';
import { isInside, type Target } from './targets.ts';

const heading = '## Published numbers';

/** The name of the method that a label of a recipe stands for, such as `gdumb` for `gdumb-500`. */
export function methodOf({ recipe, method: label }: Pick<Target, 'recipe' | 'method'>): string {
  for (const entry of readRecipe(recipe).options.methods ?? []) {
    const { name, label: own = name } = typeof entry === 'string' ? { name: entry } : entry;
    if (own === label) return name;
  }
  throw new Error(`targets.csv: recipe ${recipe} has no method ${label}`);
}

/** A method's page with the targets of that method before its status; as it is if there are none. */
export function withPublishedNumbers(page: string, targets: readonly Target[]): string {
  const [before, rest] = page.split(`${heading}\n`);
  const status = (rest ?? page).indexOf('## Status\n');
  const results = rest === undefined ? page.slice(0, status) : before;
  const tail = (rest ?? page).slice(status);
  return targets.length === 0 ? `${results}${tail}` : `${results}${sectionOf(targets)}${tail}`;
}

function sectionOf(targets: readonly Target[]): string {
  const rows = targets.map((target) =>
    [
      placeOf(target),
      withDeviation(target.published, target.published_std),
      `${target.source}${target.checked === 'yes' ? '' : ` (${target.checked.replace(/^no: /, '')})`}`,
      `${target.low} … ${target.high}`,
      target.mean === '' ? '–' : withDeviation(target.mean, target.std),
      target.mean === '' ? '–' : isInside(target) ? 'yes' : 'no',
    ].join(' | '),
  );
  const notes = targets
    .filter(({ note }) => note !== '')
    .map((target) => `- \`${target.recipe}\`, ${target.published}: ${target.note}.`);
  return [
    heading,
    '',
    `ACC in percent unless another metric is named, mean ± standard deviation over ${seedsOf(targets)}seeds, by [recipes that ship](../cli.md#list); bands and what was checked:`,
    '[tests/reproduction](../../tests/reproduction/README.md).',
    '',
    '| recipe | published | source | band | here | inside |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
    ...new Set(notes),
    ...(notes.length > 0 ? [''] : []),
    '',
  ].join('\n');
}

/** Recipe, and what of it: a label that is no method's name, a metric other than ACC. */
function placeOf(target: Target): string {
  const label = target.method === methodOf(target) ? [] : [`\`${target.method}\``];
  const metric = target.metric === 'acc' ? [] : [target.metric.toUpperCase()];
  return [`\`${target.recipe}\``, ...label, ...metric].join(', ');
}

function withDeviation(value: string, deviation: string): string {
  return deviation === '' ? value : `${value} ± ${deviation}`;
}

function seedsOf(targets: readonly Target[]): string {
  const seeds = new Set(targets.map((target) => target.seeds).filter((cell) => cell !== ''));
  return seeds.size === 1 ? `${[...seeds][0]} ` : '';
}

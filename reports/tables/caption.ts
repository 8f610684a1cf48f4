import { listed } from '../format.ts';
import { titleOf } from './notes.ts';
import type { Column } from './column.ts';
import { markSigns } from './numbers.ts';
import type { TableCell, TableColumn, TableStyle } from './types.ts';

/** What numbers, places and marks of a table mean, sentence by sentence: of those only that stand in it. */
export function legend(columns: readonly Column[], heads: readonly TableColumn[], style: TableStyle): string[] {
  const cells = columns.flatMap((column) => [...column.cells.values()]);
  return [
    ...units(heads, style),
    ...spreadWords(cells, style),
    ...placeWords(cells),
    ...markWords(columns, cells, style),
  ];
}

function units(heads: readonly TableColumn[], { percent }: TableStyle): string[] {
  const of = (unit: TableColumn['unit']): string[] => [
    ...new Set(heads.filter((head) => head.unit === unit).map(titleOf)),
  ];
  const others = { updates: of('updates'), 'accuracy × updates': of('accuracy x updates') };
  return [
    ...(percent && of('accuracy').length > 0 ? ['Accuracies in percent.'] : []),
    ...Object.entries(others).flatMap(([unit, names]) => (names.length > 0 ? [`In ${unit}: ${listed(names)}.`] : [])),
  ];
}

function spreadWords(cells: readonly TableCell[], { spread }: TableStyle): string[] {
  if (!cells.some(({ std }) => std !== null)) return ['Single values: a spread takes two seeds.'];
  const after = spread === 'ci' ? 'half the width of its 95 % t interval' : 'sample standard deviation';
  return [`Mean over seeds ± ${after}.`];
}

function placeWords(cells: readonly TableCell[]): string[] {
  if (!cells.some(({ place }) => place === 'best')) return [];
  return [`Best in bold${cells.some(({ place }) => place === 'second') ? ', second best underlined' : ''}.`];
}

function markWords(columns: readonly Column[], cells: readonly TableCell[], { baseline }: TableStyle): string[] {
  const tests = columns.flatMap(({ test }) => (test?.telling ? [test] : []));
  if (tests.length === 0) return [];
  const kinds = new Set(tests.map(({ by }) => (by === 't' ? 'paired t test' : 'Wilcoxon signed-rank test')));
  const how = `two-sided ${[...kinds].join(' or ')} over seeds, adjusted by Holm over the methods of a column, α = 0.05`;
  const has = (mark: TableCell['mark']): boolean => cells.some((cell) => cell.mark === mark);
  if (baseline === null)
    return has('not told from the best')
      ? [`${markSigns['not told from the best']}: not shown to differ from the best of its column (${how}).`]
      : [`Every tested method that is not in bold differs from the best of its column (${how}).`];
  const signs = (['better', 'worse'] as const)
    .filter(has)
    .map((mark) => `${markSigns[mark]}: ${mark} than ${baseline}`);
  return [signs.length > 0 ? `${signs.join('; ')} (${how}).` : `Nothing is shown to differ from ${baseline} (${how}).`];
}

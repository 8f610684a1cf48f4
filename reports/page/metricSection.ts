import type { GroupReport } from '../data.ts';
import { counted, listed } from '../format.ts';
import type { ColumnTest } from '../significance.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { rankFigures } from './rankFigures.ts';
import { metricTableHtml } from './tables.ts';

/** The table of all metrics, with what its marks mean and what they cannot tell. */
export function metricSection(group: GroupReport, tests: readonly (ColumnTest | null)[], id: string): Markup {
  const { table } = group;
  return markup`<h2>Metrics</h2>
<p class="muted">Mean ± sample standard deviation over seeds. ↑ more is better, ↓ less is better; the best mean of each column is bold.
A dash: undefined for these runs. A heading says what it means, and sorts.</p>
${metricTableHtml(table, tests, id)}
<p class="muted">${marksInWords(
    tests.filter((test) => test !== null),
    table.rows.length,
  )}</p>
${rankFigures(group)}`;
}

/** By what right a star stands there, and what few seeds can show. */
export function marksInWords(tests: readonly ColumnTest[], methods: number): string {
  if (methods < 2) return 'With one method there is nothing to compare.';
  if (tests.length === 0)
    return 'No stars: methods are tested seed by seed, and no two seeds have a value of every method. More seeds would tell.';
  const sizes = [...new Set(tests.map(({ comparison }) => comparison.pairs.length))].toSorted((a, b) => a - b);
  const least = sizes[0];
  const kinds = [...new Set(tests.map(({ comparison }) => comparison.verdictBy))].map((kind) =>
    kind === 't' ? 'paired t test' : 'Wilcoxon’s signed-rank test',
  );
  const { alpha } = tests[0].comparison;
  const star = `* worse than the best of its column: ${listed(kinds)}, two-sided, paired by ${listed(sizes.map((size) => counted(size, 'seed')))}, Holm’s correction over the other methods, α = ${alpha}. No star: no difference shown, which is not the same as none.`;
  const few =
    least < 6
      ? ` With so few seeds a test by ranks could never tell methods apart, so the t test decides, which takes differences between seeds for normally distributed; a difference has to be large beside their spread to be seen.`
      : '';
  return star + few;
}

import { escapeLatex, latexComment } from './escapeLatex.ts';
import { foldColumns } from './latexWidth.ts';
import { layoutOf, type Layout, type PrintedCell } from './layout.ts';
import type { PaperTable } from './types.ts';

/**
 * A table as LaTeX that needs the package booktabs. It fits the two columns of the class article, and so those of most journals: a
 * wide one is a `table*`, and what is wider than a page goes below, beside the methods again. Notes stand below the rules. Without a
 * complete run it is comments alone. Ends with a line end.
 */
export function latexTable(table: PaperTable): string {
  const comments = [`${table.name}: needs \\usepackage{booktabs}`, ...leftOut(table)].map(latexComment);
  if (table.rows.length === 0) return `${[...comments, latexComment('No run is complete.')].join('\n')}\n`;
  const layout = layoutOf(table);
  const { wide, parts } = foldColumns(layout);
  const environment = wide ? 'table*' : 'table';
  const lines = [
    ...comments,
    `\\begin{${environment}}[t]`,
    '  \\centering',
    `  \\caption{${escapeLatex(table.caption.join(' '))}}`,
    `  \\label{tab:${slug(table.name)}}`,
    '  \\medskip',
    '  \\small',
    '  \\setlength{\\tabcolsep}{5pt}',
    ...parts.flatMap((columns, i) => [...(i > 0 ? ['', '  \\medskip'] : []), ...tabular(layout, columns)]),
    ...notes(table.notes),
    `\\end{${environment}}`,
  ];
  return `${lines.join('\n')}\n`;
}

function tabular({ heads, rows }: Layout, columns: readonly number[]): string[] {
  const line = (cells: readonly string[]): string => `    ${cells.join(' & ')} \\\\`;
  return [
    `  \\begin{tabular}{l${'r'.repeat(columns.length)}}`,
    '    \\toprule',
    line(['Method', ...columns.map((j) => escapeLatex(heads[j]))]),
    '    \\midrule',
    ...rows.map(({ label, cells }) => line([labelText(label), ...columns.map((j) => cellText(cells[j]))])),
    '    \\bottomrule',
    '  \\end{tabular}',
  ];
}

/** After a row's end LaTeX reads a bracket or a star as belonging to it. */
const labelText = (label: string): string => `${/^[[*]/.test(label) ? '{}' : ''}${escapeLatex(label)}`;

/** Marks take no room, so that numbers stay aligned. */
function cellText({ mean, spread, place, mark }: PrintedCell): string {
  if (mean === '–') return '--';
  const number = place === 'best' ? `\\mathbf{${mean}}` : place === 'second' ? `\\underline{${mean}}` : mean;
  const sign = marks[mark] ?? '';
  return `$${number}${spread === null ? '' : ` \\pm ${spread}`}$${sign && `\\rlap{$^{${sign}}$}`}`;
}

const marks: Readonly<Record<string, string>> = { '†': '\\dagger', '‡': '\\ddagger', '*': '*' };

function notes(texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  return ['', '  \\smallskip', `  \\parbox{\\linewidth}{\\footnotesize ${escapeLatex(texts.join(' '))}}`];
}

function leftOut({ sources }: PaperTable): string[] {
  return sources.flatMap((source) => [
    ...source.leftOut.map(
      ({ run, status, reason }) =>
        `left out of ${source.name}: ${run} ${status}${reason === null ? '' : `: ${reason}`}`,
    ),
    ...source.problems.map((problem) => `left out of ${source.name}: ${problem}`),
  ]);
}

/** What may stand in a \label; `table` of a name without Latin letters and digits. */
function slug(name: string): string {
  const text = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return text === '' ? 'table' : text;
}

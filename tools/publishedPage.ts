import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { format } from 'prettier';
import { analyze } from '../analysis/index.ts';
import { packageRoot } from '../base/index.ts';
import { checkSelfCorrection, coverageLoss } from '../metrics/index.ts';
import { analysisText } from '../reports/index.ts';
import { publishedTables, type PublishedTable } from './publishedTables.ts';

export const publishedFolder = join(packageRoot, 'docs', 'published-iterations');

/** docs/published-iterations/README.md: what `stabgap analyze` finds in published tables of models that improve themselves. */
export function publishedPage(): Promise<string> {
  const page = `<!-- Written by npm run docs:published. -->

# Published tables, analysed

What this tool finds in tables that papers print of models that improve themselves in rounds. The files beside this page hold the numbers, in percent unless they are
correlations; the output below is what the commands print. Numbers read in notes on a paper were not checked against it.

Where the sizes of the public test sets are given (\`--items\`), a fall is judged against the binomial noise of its two values; a paper that had each item's result could tell smaller
ones, since the same items are asked in every round ([events](../events.md)).

${publishedTables.map(section).join('\n\n')}

${coverage()}

${selfCorrections()}
`;
  return format(page, { parser: 'markdown', proseWrap: 'preserve' });
}

function section(table: PublishedTable): string {
  const { file, title, source, readIn, question, options, flags } = table;
  const analysis = analyze(join(publishedFolder, file), options);
  return `## ${title}

${source}; ${readInWords[readIn]}.

${question}

\`\`\`sh
stabgap analyze docs/published-iterations/${file}${flags ? ` ${flags}` : ''}
\`\`\`

\`\`\`text
${analysisText(analysis)}\`\`\``;
}

const readInWords = { paper: 'numbers read in the paper', notes: 'numbers read in notes on it' } as const;

type Row = Readonly<Record<string, string>>;

function rowsOf(file: string): Row[] {
  return parse(readFileSync(join(publishedFolder, file), 'utf8'), { columns: true });
}

/** B-STaR's table 1: methods, not rounds, so each is set beside the model that all start from. */
function coverage(): string {
  const rows = rowsOf('bstar_table1.csv');
  const line = (benchmark: string): string[] => {
    const of = (row: Row, k: number): number => Number(row[`${benchmark}_P@${k}`]) / 100;
    const measured = rows.filter((row) => row[`${benchmark}_P@1`] !== '' && row[`${benchmark}_P@32`] !== '');
    const changes = coverageLoss(measured.map((row, round) => ({ round, passAt1: of(row, 1), passAtK: of(row, 32) })));
    return changes.map(
      ({ round, passAt1, passAtK, lost }) =>
        `| ${measured[round].method} | ${benchmark} | ${points(passAt1)} | ${points(passAtK)} | ${lost ? '**lost**' : ''} |`,
    );
  };
  return `## B-STaR: coverage beside the model that all methods start from

Zeng et al. 2024, [arXiv:2412.17256](https://arxiv.org/abs/2412.17256), table 1; numbers read in the paper.

\`coverageLoss\` of [the monitor](../monitor.md): pass@1 rises while pass@32 falls below the supervised model. Only values are printed, so any fall counts.

| method | benchmark | pass@1 | pass@32 | coverage |
| --- | --- | ---: | ---: | --- |
${['GSM8K', 'MATH', 'APPS'].flatMap(line).join('\n')}`;
}

function points(share: number): string {
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`;
}

/** SCoRe's tables: five numbers of which two follow from the others. */
function selfCorrections(): string {
  const number = (text: string): number | null => (text === '' ? null : Number(text));
  const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
  const lines = rowsOf('score_tables.csv').map((row) => {
    const { consistent, numbers, filled } = checkSelfCorrection({
      accuracyT1: number(row.acc_t1),
      accuracyT2: number(row.acc_t2),
      delta: number(row.delta_t1_t2),
      incorrectToCorrect: number(row.delta_i_to_c),
      correctToIncorrect: number(row.delta_c_to_i),
    });
    const cell = (name: keyof typeof numbers): string => (filled.includes(name) ? `_${shown(numbers[name])}_` : shown(numbers[name])); // prettier-ignore
    const names = ['accuracyT1', 'accuracyT2', 'delta', 'incorrectToCorrect', 'correctToIncorrect'] as const;
    const verdict = consistent === null ? 'too little is given' : consistent ? 'yes' : '**no**';
    return `| ${row.benchmark} | ${row.method} | ${names.map(cell).join(' | ')} | ${verdict} |`;
  });
  return `## SCoRe: self-correction in two turns

Kumar et al. 2024, [arXiv:2409.12917](https://arxiv.org/abs/2409.12917), tables 1, 3, 4 and the text on table 2; numbers read in the paper.

\`checkSelfCorrection\` of [the monitor](../monitor.md): Δ = accuracy at turn 2 − at turn 1 = Δi→c − Δc→i, within rounding. Numbers _in italics_ are not in the paper: they follow from the
others.

| benchmark | method | turn 1 | turn 2 | Δ | Δi→c | Δc→i | consistent |
| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |
${lines.join('\n')}`;
}

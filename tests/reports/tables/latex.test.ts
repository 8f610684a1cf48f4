import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crossTable, latexTable, paperTables } from '../../../reports/index.ts';
import { foldColumns } from '../../../reports/tables/latexWidth.ts';
import { layoutOf } from '../../../reports/tables/layout.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { withRecord } from '../fixture.ts';
import { scoredExperiment, threeSeeds } from './scored.ts';

const nasty = 'a_b & 50% $x$ #1 {z} ~^\\ |<> "ρ" – Zoë';

test('a table, exactly', () => {
  const [table] = paperTables([scoredExperiment(threeSeeds)], { metrics: ['acc', 'forgetting'], percent: true });
  expect(latexTable(table)).toBe(String.raw`% made-up: needs \usepackage{booktabs}
\begin{table}[t]
  \centering
  \caption{made-up: split-digits, class-incremental, 2 tasks; 3 seeds (1, 2, 3); evaluated after every update ($\rho$ = 1), on at most 1,000 test samples a task. All methods: mlp (17,610 parameters), 1 epoch, batch size 10, optimizer sgd, learning rate 0.05. Accuracies in percent. Mean over seeds $\pm$ sample standard deviation. Best in bold, second best underlined. $\dagger$: not shown to differ from the best of its column (two-sided paired t test over seeds, adjusted by Holm over the methods of a column, $\alpha$ = 0.05).}
  \label{tab:made-up}
  \medskip
  \small
  \setlength{\tabcolsep}{5pt}
  \begin{tabular}{lrr}
    \toprule
    Method & ACC $\uparrow$ & FORG $\downarrow$ \\
    \midrule
    a & $82.0 \pm 2.0$ & $8.0 \pm 2.0$ \\
    b & $\mathbf{92.0} \pm 2.6$ & $\mathbf{-2.0} \pm 2.6$ \\
    c & $\underline{91.3} \pm 2.1$\rlap{$^{\dagger}$} & $\underline{-1.3} \pm 2.1$\rlap{$^{\dagger}$} \\
    \bottomrule
  \end{tabular}

  \smallskip
  \parbox{\linewidth}{\footnotesize With 3 seeds and 2 comparisons no rank test can show a difference (it takes 7 seeds): the marks are of t tests, which take differences to be normal.}
\end{table}
`);
});

test('a wide table spans both columns, and one wider than a page goes on below without losing a column', () => {
  const [table] = paperTables([scoredExperiment(threeSeeds)]);
  const text = latexTable(table);
  expect(text).toContain('\\begin{table*}[t]');
  expect(text).toContain('\\end{table*}');
  const { parts } = foldColumns(layoutOf(table));
  expect(parts).toEqual([[0, 1, 2, 3], [4, 5, 6]]); // prettier-ignore
  expect(text.match(/\\begin\{tabular\}/g)).toHaveLength(2);
});

test('runs that were left out stand in comments with their reason, and in a note', () => {
  const { runs, ...rest } = scoredExperiment(threeSeeds);
  const broken = runs.map((run, i) =>
    i === 0 ? withRecord(run, (record) => ({ ...record, status: 'failed', reason: 'no 50% \nleft\\end{table}' })) : run,
  );
  const text = latexTable(paperTables([{ ...rest, runs: broken }], { metrics: ['acc'] })[0]);
  expect(text.split('\n')[1]).toBe('% left out of made-up: a-seed1 failed: no 50% left\\end{table}');
  expect(text).toContain('Left out: a-seed1 (failed).}');
});

test('a protocol without a complete run is comments alone', () => {
  const { runs, ...rest } = scoredExperiment(threeSeeds);
  const unlike = runs.map((run, i) =>
    i === 0
      ? withRecord(run, (record) => ({
          ...record,
          status: 'failed',
          evaluation: { ...record.evaluation, subset: 5 },
        }))
      : run,
  );
  const tables = paperTables([{ ...rest, runs: unlike }], { metrics: ['acc'] });
  const lines = latexTable(tables[0]).trimEnd().split('\n');
  expect(lines.every((line) => line.startsWith('% '))).toBe(true);
  expect(lines.at(-1)).toBe('% No run is complete.');
});

test.each(['[x]', '*x'])('the label %s is no option of the end of the row before', (label) => {
  const scores = { a: [0.5, 0.6], [label]: [0.4, 0.3] };
  const [table] = paperTables([scoredExperiment(scores)], { metrics: ['acc'] });
  expect(latexTable(table)).toContain(`\\\\\n    {}${label} & $0.350`);
});

const installed = spawnSync('pdflatex', ['--version']).status === 0;

test.skipIf(!installed)(
  'pdflatex sets narrow, wide and crossed tables in two columns, whatever names hold, and none sticks out (skipped without pdflatex)',
  { timeout: 60_000 },
  () => {
    const one = scoredExperiment(threeSeeds, {
      name: nasty,
      change: (r) => ({
        ...r,
        method: { ...r.method, label: { a: nasty, b: '[2pt]' }[r.method.label] ?? r.method.label },
      }),
    });
    const folder = temporaryFolder();
    const tables = [
      ...paperTables([one], { metrics: ['acc'] }),
      ...paperTables([one], { percent: true, baseline: 'c' }),
      crossTable([one, scoredExperiment(threeSeeds)], 'forgetting', { spread: 'ci' }),
    ];
    const document = `\\documentclass[twocolumn]{article}\n\\usepackage{booktabs}\n\\begin{document}\nText.\n${tables.map(latexTable).join('\n')}\\end{document}\n`;
    writeFileSync(join(folder, 'paper.tex'), document);
    const { status, stdout } = spawnSync(
      'pdflatex',
      ['-interaction=nonstopmode', '-halt-on-error', '-no-shell-escape', 'paper.tex'],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stdout.split('\n').filter((line) => line.startsWith('!'))).toEqual([]);
    expect(status).toBe(0);
    const log = readFileSync(join(folder, 'paper.log'), 'utf8');
    expect(log.match(/Overfull \\hbox \((\d+)/g) ?? []).toEqual([]);
    expect(log).not.toContain('Missing character');
    expect(readFileSync(join(folder, 'paper.pdf')).length).toBeGreaterThan(10_000);
  },
);

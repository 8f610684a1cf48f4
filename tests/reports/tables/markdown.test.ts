import { expect, test } from 'vitest';
import { markdownTable, paperTables } from '../../../reports/index.ts';
import { escapeMarkdown } from '../../../reports/tables/markdown.ts';
import { scoredExperiment, threeSeeds } from './scored.ts';

test('the caption, a table of GitHub, and the notes', () => {
  const [table] = paperTables([scoredExperiment(threeSeeds)], { metrics: ['acc', 'forgetting'] });
  expect(markdownTable(table)).toBe(
    `**made-up**: split-digits, class-incremental, 2 tasks; 3 seeds (1, 2, 3); evaluated after every update (ρ = 1), on at most 1,000 test samples a task. All methods: mlp (17,610 parameters), 1 epoch, batch size 10, optimizer sgd, learning rate 0.05. Mean over seeds ± sample standard deviation. Best in bold, second best underlined. †: not shown to differ from the best of its column (two-sided paired t test over seeds, adjusted by Holm over the methods of a column, α = 0.05).

| method |                 ACC ↑ |                 FORG ↓ |
| ------ | --------------------: | ---------------------: |
| a      |         0.820 ± 0.020 |          0.080 ± 0.020 |
| b      |     **0.920** ± 0.026 |     **-0.020** ± 0.026 |
| c      | <u>0.913</u> ± 0.021† | <u>-0.013</u> ± 0.021† |

- With 3 seeds and 2 comparisons no rank test can show a difference (it takes 7 seeds): the marks are of t tests, which take differences to be normal.
`,
  );
});

test('stars do not begin emphasis, and percentages have one decimal', () => {
  const [table] = paperTables([scoredExperiment(threeSeeds)], { metrics: ['acc'], baseline: 'a', percent: true });
  expect(markdownTable(table)).toContain('| b      |    **92.0** ± 2.6\\* |');
});

test('where methods have unlike numbers of seeds they have a column', () => {
  const scores = { a: [0.5, 0.6], b: [0.9, null] };
  const [table] = paperTables([scoredExperiment(scores)], { metrics: ['acc'] });
  const lines = markdownTable(table).split('\n');
  expect(lines.filter((line) => line.startsWith('| '))).toEqual([
    '| method | seeds |         ACC ↑ |',
    '| ------ | ----: | ------------: |',
    '| a      |     2 | 0.550 ± 0.071 |',
    '| b      |     1 |     **0.900** |',
  ]);
});

test.each([
  ['a|b', 'a\\|b'],
  ['*a_b* `c` [d](e) ~f~ $g$ #', '\\*a\\_b\\* \\`c\\` \\[d\\](e) \\~f\\~ \\$g\\$ \\#'],
  ['<b> & &amp;', '&lt;b&gt; &amp; &amp;amp;'],
  ['two\nlines', 'two lines'],
])('%j shows as it is', (text, expected) => {
  expect(escapeMarkdown(text)).toBe(expected);
});

import { expect, test } from 'vitest';
import { escapeLatex, latexComment } from '../../../reports/tables/escapeLatex.ts';

test.each([
  ['a_b & 50%', 'a\\_b \\& 50\\%'],
  ['$x$ #1 {y}', '\\$x\\$ \\#1 \\{y\\}'],
  ['~^\\', '\\textasciitilde{}\\textasciicircum{}\\textbackslash{}'],
  ['p|q<r>s', 'p\\textbar{}q\\textless{}r\\textgreater{}s'],
  ['"quoted"', "''quoted''"],
  ['ρ = 1 ± 2 – 3 † ↑', '$\\rho$ = 1 $\\pm$ 2 -- 3 $\\dagger$ $\\uparrow$'],
  ['a--b - c', 'a-{}-b - c'],
  ['der++ (memory=200)', 'der++ (memory=200)'],
  ['Zoë, 日本', 'Zoë, 日本'],
  ['two\n\nparagraphs\t', 'two paragraphs '],
])('%j is set as %s', (text, expected) => {
  expect(escapeLatex(text)).toBe(expected);
});

test('nothing ends a comment', () => {
  expect(latexComment('failed:\n\\end{document} % x\r\ny')).toBe('% failed: \\end{document} % x y');
});

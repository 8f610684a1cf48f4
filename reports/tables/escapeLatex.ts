/** What TeX reads as a command, and what its fonts lack or show as something else (`|`, `<` and `>` of the old encoding OT1). */
const commands: Readonly<Record<string, string>> = {
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '\\': '\\textbackslash{}',
  '|': '\\textbar{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  // The straight one is in no font of OT1.
  '"': "''",
  '–': '--',
  '—': '---',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
  '…': '\\ldots{}',
  '†': '$\\dagger$',
  '‡': '$\\ddagger$',
  '±': '$\\pm$',
  '−': '$-$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  '→': '$\\to$',
  '↑': '$\\uparrow$',
  '↓': '$\\downarrow$',
  '∞': '$\\infty$',
  '°': '$^{\\circ}$',
  '½': '$\\frac{1}{2}$',
  '²': '$^{2}$',
  '³': '$^{3}$',
  α: '$\\alpha$',
  β: '$\\beta$',
  γ: '$\\gamma$',
  δ: '$\\delta$',
  ε: '$\\epsilon$',
  η: '$\\eta$',
  θ: '$\\theta$',
  λ: '$\\lambda$',
  μ: '$\\mu$',
  ρ: '$\\rho$',
  σ: '$\\sigma$',
  τ: '$\\tau$',
  φ: '$\\phi$',
  ω: '$\\omega$',
  Δ: '$\\Delta$',
  Σ: '$\\Sigma$',
  Ω: '$\\Omega$',
};

/**
 * Plain text as LaTeX text that prints the same. Line ends become spaces. Letters with accents stay, which LaTeX reads since 2018; other
 * scripts, such as Chinese, stay too, and need XeLaTeX or LuaLaTeX with a font that has them.
 *
 * @example escapeLatex('a_b & 50%') // 'a\\_b \\& 50\\%'
 */
export function escapeLatex(text: string): string {
  return [...text.replaceAll(/\s+/g, ' ')]
    .map((character, i, all) => {
      // Two hyphens would become a dash.
      if (character === '-' && all[i + 1] === '-') return '-{}';
      return commands[character] ?? character;
    })
    .join('');
}

/** Text as one comment line: nothing in it can end the comment. */
export function latexComment(text: string): string {
  return `% ${text.replaceAll(/\s+/g, ' ')}`;
}

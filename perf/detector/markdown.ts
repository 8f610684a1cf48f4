/** A Markdown table; the first columns are text, the others are numbers. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const rule = header.map((_, i) => (i < texts ? '---' : '---:'));
  return [header, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** A share in percent. */
export function percent(share: number): string {
  return share === 0 || share >= 0.0995 ? (100 * share).toFixed(0) : (100 * share).toFixed(1);
}

/** The page with what stands between `<!-- name -->` and `<!-- end of name -->` made anew. @throws {Error} where it lacks them */
export function withPart(page: string, name: string, part: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  if (!page.includes(start) || !page.includes(end)) throw new Error(`the page lacks ${start} or ${end}`);
  return `${page.split(start)[0]}${start}\n\n${part}\n\n${end}${page.split(end)[1]}`;
}

/** A piece of HTML in which everything that needs escaping is escaped. Made by {@link markup} only. */
export interface Markup {
  readonly source: string;
}

export type Content = string | number | Markup | readonly Content[] | null;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML text or as the value of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** Template tag for HTML: strings and numbers that are put in are escaped, markup and lists of it go in as they are, null is nothing. */
export function markup(parts: TemplateStringsArray, ...contents: Content[]): Markup {
  return { source: String.raw({ raw: parts }, ...contents.map(sourceOf)) };
}

function sourceOf(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content));
  return 'source' in content ? content.source : content.map(sourceOf).join('');
}

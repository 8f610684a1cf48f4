import { createHash } from 'node:crypto';
import { packageVersion } from '../../base/index.ts';
import { markup } from './markup.ts';
import type { Content, Markup } from './markup.ts';
import { style } from './style.ts';

/** What is put into the frame of a page. */
export interface PageParts {
  readonly title: string;
  readonly header: Content;
  readonly main: Content;
  /** Of what the page was made. */
  readonly source: string;
}

/** A whole HTML document that loads nothing: no script, no network, the figures inside. */
export function pageDocument({ title, header, main, source }: PageParts): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
<footer class="muted"><p>Made by stabgap ${packageVersion} from ${source}.</p></footer>
</body>
</html>
`.source;
}

/** Nothing but the one style sheet below, known by its hash, and figures that are part of the page. */
function contentPolicy(): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** Our own constant text, to be put in as it is. */
const trusted = (source: string): Markup => ({ source });

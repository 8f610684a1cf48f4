import { createHash } from 'node:crypto';
import { packageVersion } from '../../base/index.ts';
import { markup } from './markup.ts';
import type { Content, Markup } from './markup.ts';
import { earlyScript, pageScript } from './script.ts';
import { style } from './style.ts';

/** What is put into the frame of a page. */
export interface PageParts {
  readonly title: string;
  readonly header: Content;
  readonly main: Content;
  /** Of what the page was made. */
  readonly source: string;
  /** A program that the page's own one needs, with its style sheet. */
  readonly library?: { readonly program: string; readonly style: string };
}

/** A whole HTML document that loads nothing: no network, programs and figures inside. It can be read without its programs. */
export function pageDocument({ title, header, main, source, library }: PageParts): string {
  const scripts = [...(library ? [library.program] : []), pageScript()];
  const sheet = library ? `\n${library.style}${style}` : style;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy([earlyScript, ...scripts], sheet)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(sheet)}</style>
<script>${trusted(earlyScript)}</script>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
<footer class="muted"><p>Made by stabgap ${packageVersion} from ${source}.</p></footer>
${scripts.map(
  (text) => markup`<script>${trusted(text)}</script>
`,
)}</body>
</html>
`.source;
}

/** Nothing but the style sheet and the programs of the page, known by their hashes, and figures that are part of it. */
function contentPolicy(scripts: readonly string[], sheet: string): string {
  const programs = scripts.map((text) => `'sha256-${hashOf(text)}'`).join(' ');
  return `default-src 'none'; script-src ${programs}; style-src 'sha256-${hashOf(sheet)}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Our own constant text, to be put in as it is. */
const trusted = (source: string): Markup => ({ source });

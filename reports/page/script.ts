import { readFileSync } from 'node:fs';

/** The page's own program, in the order in which the files need each other. */
const parts = ['tips', 'sort', 'decode', 'legend', 'marks', 'chart', 'main'] as const;

/**
 * The program of a page as one text. The files are modules that name what they share; put one after the other they need neither imports nor exports, and no
 * bundler. They lie beside this file both in the sources and where the compiler puts them.
 */
export function pageScript(): string {
  const texts = parts.map((name) => readFileSync(new URL(`./client/${name}.js`, import.meta.url), 'utf8'));
  const bare = texts.map((text) =>
    text
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export \{\s*\};?\n?/gm, '')
      .replace(/^export /gm, ''),
  );
  return `(() => {\n'use strict';\n${bare.join('\n')}})();\n`;
}

/** What must be known before the page is painted: that pictures need not be shown where charts will be. */
export const earlyScript = `document.documentElement.classList.add('js');`;

import { createHash } from 'node:crypto';
import { packageVersion } from '../../base/index.ts';
import type { ReportData } from '../data.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { glossary, groupName, groupSections, header, notices, reproduce } from './sections.ts';
import { style } from './style.ts';

/** The whole report as one HTML document that loads nothing: no script, no network, the figures inside. Same data, same bytes. */
export async function reportPage(data: ReportData): Promise<string> {
  const several = data.groups.length > 1;
  const groups = [];
  for (const [i, group] of data.groups.entries()) {
    groups.push(await groupSections(group, several ? groupName(i) : null, `p${i + 1}`));
  }
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${data.experiment.name}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<header>
${header(data)}
${contents(data)}
</header>
<main>
${notices(data)}
${groups}
${reproduce(data)}
${glossary()}
</main>
<footer class="muted"><p>Made by stabgap ${packageVersion} from the run records and evaluation logs alone.</p></footer>
</body>
</html>
`;
  return page.source;
}

/** Nothing but the one style sheet below, known by its hash, and figures that are part of the page. */
function contentPolicy(): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** Our own constant text, to be put in as it is. */
const trusted = (source: string): Markup => ({ source });

function contents({ groups }: ReportData): Markup | null {
  const links =
    groups.length > 1
      ? groups.map((_, i) => [`p${i + 1}`, groupName(i)])
      : groups[0]?.series.length === 0
        ? [['p1-protocol', 'protocol']]
        : ['summary', 'metrics', 'curves', 'gap', 'matrix', 'cost', 'protocol'].map((name) => [`p1-${name}`, name]);
  const all = [...links, ['reproduce', 'run it again'], ['definitions', 'definitions']];
  return markup`<nav aria-label="Contents">${all.map(([id, name]) => markup`<a href="#${id}">${name}</a> `)}</nav>`;
}

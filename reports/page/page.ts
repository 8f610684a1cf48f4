import { createHash } from 'node:crypto';
import { packageVersion } from '../../base/index.ts';
import type { ReportData } from '../data.ts';
import { glossary, reproduction } from './back.ts';
import { groupName, header, notices } from './front.ts';
import { groupSections } from './group.ts';
import type { Section } from './group.ts';
import { markup } from './markup.ts';
import type { Content, Markup } from './markup.ts';
import { style } from './style.ts';

/** The whole report as one HTML document that loads nothing: no script, no network, the figures inside. Same data, same bytes. */
export async function reportPage(data: ReportData): Promise<string> {
  const groups: Section[][] = [];
  for (const [i, group] of data.groups.entries()) groups.push(await groupSections(group, `p${i + 1}`));
  const closing = [reproduction(data), glossary(data)];
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
${contentsOf(groups, closing)}
</header>
<main>
${notices(data)}
${groups.map((sections, i) => [groups.length > 1 ? markup`<h2 class="protocol">${groupName(i)}</h2>` : null, sections.map(sectionHtml)])}
${closing.map(sectionHtml)}
</main>
<footer class="muted"><p>Made by stabgap ${packageVersion} from the run records and evaluation logs alone.</p></footer>
</body>
</html>
`;
  return page.source;
}

function sectionHtml({ id, body }: Section): Markup {
  return markup`<section id="${id}">
${body}
</section>
`;
}

/** One line of links; with several protocols one line for each. */
function contentsOf(groups: readonly Section[][], closing: readonly Section[]): Content {
  if (groups.length < 2) return contents([...groups.flat(), ...closing], null);
  return [...groups.map((sections, i) => contents(sections, groupName(i))), contents(closing, null)];
}

function contents(sections: readonly Section[], title: string | null): Markup {
  const links = sections.map(({ id, name }) => markup`<a href="#${id}">${name}</a> `);
  return markup`<nav aria-label="${title ?? 'contents'}">${title === null ? null : `${title}: `}${links}</nav>
`;
}

/** Nothing but the one style sheet below, known by its hash, and figures that are part of the page. */
function contentPolicy(): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** Our own constant text, to be put in as it is. */
const trusted = (source: string): Markup => ({ source });

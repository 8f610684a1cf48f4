import type { ReportData } from '../data.ts';
import { glossary, reproduction } from './back.ts';
import { pageDocument } from './document.ts';
import { groupName, header, notices } from './front.ts';
import { groupSections } from './group.ts';
import type { Section } from './group.ts';
import { chartLibrary, chartStyle } from './interactive.ts';
import { markup } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** The whole report as one HTML document that loads nothing: no network, programs and figures inside. Same data, same bytes. */
export async function reportPage(data: ReportData): Promise<string> {
  const groups: Section[][] = [];
  for (const [i, group] of data.groups.entries()) groups.push(await groupSections(group, `p${i + 1}`));
  const closing = [await reproduction(data), glossary(data)];
  return pageDocument({
    title: data.experiment.name,
    header: [header(data), contentsOf(groups, closing)],
    main: [
      notices(data),
      groups.map((sections, i) => [
        groups.length > 1 ? markup`<h2 class="protocol">${groupName(i)}</h2>` : null,
        sections.map(sectionHtml),
      ]),
      closing.map(sectionHtml),
    ],
    library: { program: chartLibrary(), style: chartStyle() },
    source: 'the run records and evaluation logs alone',
  });
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

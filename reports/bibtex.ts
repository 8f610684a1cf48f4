import type { Method } from '../methods/index.ts';

/**
 * What this program knows of a method's paper as a BibTeX entry: its name and where the paper is. Authors and the paper's own title are not known here, and are
 * not made up: the note says so.
 *
 * @example bibtexOf({ name: 'er', title: 'Experience Replay', paper: 'arXiv:1902.10486' }) // @misc{er, …, eprint = {1902.10486}, …}
 */
export function bibtexOf({ name, title, paper }: Pick<Method, 'name' | 'title' | 'paper'>): string {
  const fields = [
    `title = {${escaped(title)}}`,
    ...placeOf(paper),
    'note = {title: the name of the method; the paper’s title and authors are to be filled in}',
  ];
  return `@misc{${name.replace(/[^\w+-]/g, '-')},\n${fields.map((field) => `  ${field},\n`).join('')}}`;
}

function placeOf(paper: string): string[] {
  const arxiv = /^arXiv:(\d{4}\.\d{4,5})/.exec(paper);
  if (arxiv)
    return [`eprint = {${arxiv[1]}}`, 'archivePrefix = {arXiv}', `year = {20${arxiv[1].slice(0, 2)}}`, `url = {https://arxiv.org/abs/${arxiv[1]}}`]; // prettier-ignore
  const doi = /^doi:(\S+)/.exec(paper);
  return doi ? [`doi = {${doi[1]}}`] : [`howpublished = {${escaped(paper)}}`];
}

const escaped = (text: string): string => text.replace(/[&%$#_]/g, (character) => `\\${character}`);

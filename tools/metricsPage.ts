import { format } from 'prettier';
import type { Docstring } from './docstrings.ts';
import { fieldsTable, namedTable, type Anchors, type Docstrings } from './metricsTables.ts';

/**
 * docs/metrics.md: the outline, in which each line `<!-- kind: name -->` is replaced.
 *
 * - `function`, `const`: what the docstring says, with the signature
 * - `text`: the prose alone
 * - `fields`: a table of the fields of an interface
 * - `table: report`, `table: options`, `table: other tools`
 */
export async function metricsPage(outline: string, docstrings: Docstrings): Promise<string> {
  const sections = sectionsOf(outline);
  const anchors = anchorsOf(sections);
  const headed = new Set(sections.flatMap(({ functions }) => (functions.length > 1 ? functions : [])));
  const parts = outline.split('\n').map(async (line) => {
    const [, kind, name] = marker.exec(line) ?? [];
    if (kind === undefined) return line;
    const part = await partOf(kind, name, docstrings, anchors);
    return kind === 'function' && headed.has(name) ? `#### \`${name}\`\n\n${part}` : part;
  });
  const note = '<!-- Written by npm run docs:metrics from the docstrings of metrics/ and tools/metricsOutline.md. -->';
  const page = `${note}\n\n${(await Promise.all(parts)).join('\n')}`;
  return format(page, { parser: 'markdown', proseWrap: 'preserve', embeddedLanguageFormatting: 'off' });
}

const marker = /^<!-- (function|const|text|fields|table): ([\w ]+) -->$/;

/** Of a function its own heading, where it has one, else that of its section. */
function anchorsOf(sections: readonly Section[]): Anchors {
  return new Map(
    sections.flatMap(({ heading, functions, constants }) => [
      ...functions.map((name) => [name, anchorOf(functions.length > 1 ? name : heading)] as const),
      ...constants.map((name) => [name, anchorOf(heading)] as const),
    ]),
  );
}

/** What stands between two headings. Where it describes several functions, each gets a heading of its own. */
interface Section {
  readonly heading: string;
  readonly functions: readonly string[];
  readonly constants: readonly string[];
}

function sectionsOf(outline: string): Section[] {
  return outline.split(/^(?=#+ )/m).map((text) => {
    const marks = text.split('\n').flatMap((line) => (marker.test(line) ? [marker.exec(line)!] : []));
    const named = (wanted: string): string[] => marks.flatMap(([, kind, name]) => (kind === wanted ? [name] : []));
    return {
      heading: text.split('\n')[0].replace(/^#+ /, ''),
      functions: named('function'),
      constants: named('const'),
    };
  });
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

async function partOf(kind: string, name: string, docstrings: Docstrings, anchors: Anchors): Promise<string> {
  if (kind === 'table') return namedTable(name, docstrings, anchors);
  const docstring = docstrings.get(name);
  if (docstring === undefined) throw new Error(`metrics/ exports no ${name}, which the outline names`);
  const toProse = (text: string): string => proseOf(text, anchors, anchors.get(name) ?? '');
  if (kind === 'fields') return fieldsTable(docstring, toProse);
  if (kind === 'text') return toProse(docstring.prose);
  if (kind === 'const') return toProse(`\`${name}\`: ${docstring.prose}`);
  return functionPart(docstring, toProse);
}

async function functionPart(docstring: Docstring, toProse: (text: string) => string): Promise<string> {
  const { prose, params, returns, throws, example } = docstring;
  const described = params.map((param) => `- \`${param.name}\`: ${toProse(param.text)}`);
  const notes = [
    ...(returns === null ? [] : [`_Returns_ ${toProse(returns)}.`]),
    ...throws.map((text) => `_Throws_ a ${toProse(text)}.`),
  ];
  const parts = [
    fenced('ts', await signatureOf(docstring)),
    toProse(prose),
    described.join('\n'),
    notes.join(' '),
    example === null ? '' : exampleOf(example),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Broken into lines where it is long. */
async function signatureOf({ signature }: Docstring): Promise<string> {
  const code = await format(`function ${signature} {}`, { parser: 'typescript', printWidth: 100, singleQuote: true });
  return code
    .trim()
    .replace(/^function /, '')
    .replace(/ \{\}$/, '');
}

/** A log as a table is text, with its calls below; other code is TypeScript. */
function exampleOf(example: string): string {
  if (!example.includes(' // ')) return `_Example:_ ${example}`;
  const lines = example.split('\n');
  const isRow = (line: string): boolean => /^\s*(step\s|\d+\s)/.test(line);
  const rows = lines.filter(isRow);
  const code = lines.filter((line) => !isRow(line)).join('\n');
  return rows.length === 0 ? fenced('ts', code) : fenced('text', `${rows.join('\n')}\n\n${code}`);
}

function fenced(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}

/** Markdown of a docstring with links to sources and to other functions, and with its labels set off. Indented code is left alone. */
function proseOf(text: string, anchors: Anchors, own: string): string {
  const linked = new Set<string>();
  const link = (code: string, name: string): string => {
    const anchor = anchors.get(name);
    if (anchor === undefined || anchor === own || linked.has(name)) return code;
    linked.add(name);
    return `[${code}](#${anchor})`;
  };
  return text
    .replace(/^(Unit:(?:[^\n]|\n(?!\n))*)\n\n(?=Source:)/m, '$1\n')
    .split('\n')
    .map((line) =>
      line.startsWith('    ')
        ? line
        : line
            .replaceAll(/arXiv:(\d{4}\.\d{4,5})/g, '[$&](https://arxiv.org/abs/$1)')
            .replaceAll(/doi:(10\.[\w./-]+\w)/g, '[$&](https://doi.org/$1)')
            .replaceAll(/(^|[ (])(Unit|Source|Questionable(?: in both)?|Where this differs from the tool):/g, '$1_$2:_')
            .replaceAll(/`(\w+)`/g, link),
    )
    .join('\n');
}

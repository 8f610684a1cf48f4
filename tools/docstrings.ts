/** What stands before and in an exported function, constant or interface. */
export interface Docstring {
  readonly name: string;
  readonly kind: 'function' | 'const' | 'interface';
  /** The text before the tags, paragraphs parted by empty lines; Markdown. */
  readonly prose: string;
  readonly params: readonly { readonly name: string; readonly text: string }[];
  readonly returns: string | null;
  readonly throws: readonly string[];
  readonly example: string | null;
  /** Of a function: its declaration without `export` and body. */
  readonly signature: string | null;
  /** Of an interface or a zod object: its fields. Those without a docstring of their own share that of the field before. */
  readonly fields: readonly Field[];
}

export interface Field {
  readonly names: readonly string[];
  readonly text: string;
}

const declaration =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:async )?(function|const|interface) (\w+)([\s\S]*?)(?=\n(?:\/\*\*|export |function |const |interface |type )|$(?![\s\S]))/g;

/** The docstrings of a source file, in its order. Of overloads only the first declaration is read. */
export function docstringsOf(source: string): Docstring[] {
  return [...source.matchAll(declaration)].map(([, comment = '', kind, name, rest]) => ({
    name,
    kind: kind as Docstring['kind'],
    ...tagsOf(textOf(comment)),
    signature: kind === 'function' ? signatureOf(name, rest) : null,
    fields: fieldsOf(kind, rest),
  }));
}

/** A comment without its stars. */
function textOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, (lead) => (lead.includes('*') ? '' : lead.trim())).trimEnd())
    .join('\n')
    .trim();
}

function tagsOf(text: string): Pick<Docstring, 'prose' | 'params' | 'returns' | 'throws' | 'example'> {
  const [prose, ...tags] = text.split(/^@(?=(?:param|returns|throws|example)\b)/m);
  const of = (tag: string): string[] =>
    tags.filter((each) => each.startsWith(tag)).map((each) => each.slice(tag.length).trim());
  return {
    prose: prose.trim(),
    params: of('param').map((each) => {
      const [, name, words] = /^(\w+)\s+([\s\S]*)$/.exec(each) ?? [];
      if (name === undefined) throw new Error(`@param without a name or a text: ${each}`);
      return { name, text: words };
    }),
    returns: of('returns')[0] ?? null,
    throws: of('throws').map((each) => each.replace(/^\{(\w+)\}/, '`$1`')),
    example: of('example')[0] ?? null,
  };
}

/** `name(parameters): result`. Parameters that are taken apart get the last word of their type for a name. */
function signatureOf(name: string, rest: string): string {
  const [, generics = '', parameters, result] = /^(<[\s\S]*?>)?\(([\s\S]*?)\): ([\s\S]*?) \{\n/.exec(rest) ?? [];
  if (result === undefined) throw new Error(`cannot read the declaration of ${name}`);
  const named = parts(parameters).map((parameter) =>
    parameter.replace(/^\{[^}]*\}: (\w+)/, (_, type: string) => `${lastWord(type)}: ${type}`),
  );
  return `${name}${generics}(${named.join(', ')}): ${result}`;
}

function lastWord(type: string): string {
  return (/[A-Z][a-z0-9]*$/.exec(type)?.[0] ?? type).toLowerCase();
}

/** Splits at the commas that stand in no brackets. */
function parts(list: string): string[] {
  const found = [''];
  let depth = 0;
  for (const [i, letter] of [...list].entries()) {
    if ('([{<'.includes(letter)) depth++;
    if (')]}'.includes(letter) || (letter === '>' && list[i - 1] !== '=')) depth--;
    if (letter === ',' && depth === 0) found.push('');
    else found[found.length - 1] += letter;
  }
  return found.map((part) => part.trim()).filter((part) => part !== '');
}

function fieldsOf(kind: string, rest: string): Field[] {
  if (kind === 'function') return [];
  const field =
    kind === 'interface'
      ? /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^ {2}(?:readonly )?(\w+)\??[:(]/gm
      : /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^ {2}(\w+): z\./gm;
  const fields: { names: string[]; text: string }[] = [];
  for (const [, comment, name] of rest.matchAll(field)) {
    if (comment === undefined && fields.length > 0) fields.at(-1)!.names.push(name);
    else fields.push({ names: [name], text: textOf(comment ?? '') });
  }
  return fields;
}

import { UserError } from '../base/errors.ts';

/** What there is to choose from where a mistake was made. */
interface Known {
  /** How the command is written, such as `list <what> [name]`. */
  readonly usage: string;
  readonly commands?: readonly string[];
  /** Without dashes. */
  readonly flags?: readonly string[];
}

/**
 * A handler for yargs' `fail`: turns its complaints into errors of one line that name what is known.
 * @param args the words of the command line
 */
export function reportMisuse(args: readonly string[], known: Known) {
  return (message: string | null, error: Error | undefined): never => {
    throw error ?? new UserError(explain(message ?? '', args, known));
  };
}

/** Some complaints of yargs do not go through `fail`. */
export function asUserError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'YError') return error;
  return new UserError(explain(error.message, [], { usage: '<command> --help' }), { cause: error });
}

function explain(message: string, args: readonly string[], { usage, commands, flags = [] }: Known): string {
  const [, problem, names = ''] = /^(Unknown|Not enough arguments following)\b[^:]*: (.+)$/.exec(message) ?? [];
  const all = names.split(', ');
  const name = all.find((each) => !isFlag(each, args)) ?? all[0];
  if (problem === 'Unknown' && isFlag(name, args)) return unknownFlag(name, ['help', ...flags]);
  if (problem === 'Unknown' && commands) return unknown('command', name, commands);
  if (problem === 'Unknown') return `one argument too many: ${name} (usage: stabgap ${usage})`;
  if (problem) return `--${name} needs a value`;
  const [, required] = /^Missing required argument: (\S+)$/.exec(message) ?? [];
  if (required) return `--${required} is missing (usage: stabgap ${usage})`;
  const missing = message.startsWith('Not enough non-option arguments');
  return `${missing ? 'an argument is missing' : message.replaceAll(/\s*\n\s*/g, ' ')} (usage: stabgap ${usage})`;
}

function isFlag(name: string, args: readonly string[]): boolean {
  return args.some((arg) => {
    const [, dashes, flag] = /^(--?)(?:no-)?([^=]*)/.exec(arg) ?? [];
    return dashes === '--' ? flag === name : dashes === '-' && name.length === 1 && arg.includes(name);
  });
}

function unknownFlag(name: string, known: readonly string[]): string {
  const dashed = name.length === 1 ? `-${name}` : `--${name}`;
  return unknown(
    'flag',
    dashed,
    known.map((flag) => `--${flag}`),
  );
}

function unknown(kind: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === undefined ? '' : `did you mean ${near}? `;
  return `unknown ${kind}: ${name} (${hint}known: ${known.toSorted().join(', ')})`;
}

/** The known name that the fewest edits lead to; undefined where even that is another word. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .toSorted((a, b) => a.edits - b.edits);
  return best && best.edits <= 2 && best.edits < name.replace(/^-*/, '').length ? best.candidate : undefined;
}

/** Levenshtein distance: insertions, deletions and replacements of one character. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (a[i] === b[j] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

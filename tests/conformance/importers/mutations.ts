/** What is there to break: the text of a file, the text of a number in it, and the mark between cells. */
export interface Target {
  readonly text: string;
  readonly number: string;
  readonly delimiter?: string;
}

export interface Mutation {
  readonly name: string;
  /** The broken text; null where the format has nothing to break this way. */
  readonly apply: (target: Target) => string | Buffer | null;
  /**
   * What an importer may do. `same`: read all of it, or refuse. `subset`: refuse; or read some of it, each value as it was; or say in a note what it
   * changed. `refused`: only refuse, or leave the file out of a folder.
   */
  readonly allows: 'same' | 'subset' | 'refused';
}

const lines = (text: string): string[] => text.replace(/\n$/, '').split('\n');
const joined = (all: readonly string[]): string => `${all.join('\n')}\n`;
const tenMegabytes = 'x'.repeat(10_000_000);

export const mutations: readonly Mutation[] = [
  { name: 'empty', apply: () => '', allows: 'refused' },
  { name: 'blank lines only', apply: () => '\n\n  \n', allows: 'refused' },
  { name: 'byte order mark', apply: ({ text }) => `\u{feff}${text}`, allows: 'same' },
  { name: 'CRLF', apply: ({ text }) => text.replaceAll('\n', '\r\n'), allows: 'same' },
  { name: 'blank lines at the end', apply: ({ text }) => `${text}\n\n`, allows: 'same' },
  { name: 'a line of 10 MB at the end', apply: ({ text }) => `${text}${tenMegabytes}\n`, allows: 'subset' },
  { name: '10 MB of one line', apply: () => tenMegabytes, allows: 'refused' },
  {
    name: 'bytes that are no text',
    apply: () => Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28, 0x0a]),
    allows: 'refused',
  },
  { name: 'last line twice', apply: ({ text }) => joined([...lines(text), lines(text).at(-1)!]), allows: 'subset' },
  {
    name: 'all lines twice',
    apply: ({ text }) => joined(lines(text).flatMap((line) => [line, line])),
    allows: 'subset',
  },
  { name: 'the whole file twice', apply: ({ text }) => `${joined(lines(text))}${text}`, allows: 'subset' },
  { name: 'second line missing', apply: ({ text }) => joined(lines(text).toSpliced(1, 1)), allows: 'subset' },
  {
    name: 'lines in reverse',
    apply: ({ text }) => joined([lines(text)[0], ...lines(text).slice(1).toReversed()]),
    allows: 'subset',
  },
  {
    name: 'another delimiter',
    apply: ({ text, delimiter }) => (delimiter ? text.replaceAll(delimiter, '|') : null),
    allows: 'refused',
  },
  {
    name: 'a cell too many in the last row',
    apply: ({ text, delimiter }) => (delimiter ? `${text.replace(/\n$/, '')}${delimiter}0.5\n` : null),
    allows: 'subset',
  },
  { name: 'NaN for a number', apply: ({ text, number }) => text.replace(number, 'NaN'), allows: 'subset' },
  { name: 'a word for a number', apply: ({ text, number }) => text.replace(number, 'good'), allows: 'subset' },
  { name: 'an infinite number', apply: ({ text, number }) => text.replace(number, '1e999'), allows: 'subset' },
  {
    name: 'mixed units',
    apply: ({ text, number }) => {
      const scale = Number(number) <= 1 ? 100 : 0.01;
      return text.replace(number, String(Number((Number(number) * scale).toPrecision(12))));
    },
    allows: 'subset',
  },
];

/** Every prefix of a text, or some of them evenly where there are many, the last sixty always. */
export function prefixes(text: string): string[] {
  const lengths = new Set<number>();
  for (let i = 1; i <= 60; i++) lengths.add(text.length - i);
  for (let i = 1; i < 40; i++) lengths.add(Math.floor((text.length * i) / 40));
  return [...lengths].filter((length) => length > 0).map((length) => text.slice(0, length));
}

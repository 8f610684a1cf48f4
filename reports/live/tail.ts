import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf } from '../../base/index.ts';

const newline = 10;

/** Bytes before the place reached, and at the head of the file, that are remembered to tell whether it is still the same file. */
const memory = 256;

/** What a look at a growing text file found. */
export interface Look {
  /** Whether all that was read before is void: the file is another one, was cut, or was written anew. */
  readonly anew: boolean;
  /** The whole lines that are new, without line ends. */
  readonly lines: readonly string[];
  /** Whether there is more that this look left for the next. */
  readonly more: boolean;
}

export interface Tail {
  look(): Look;
}

/**
 * Reads a file that grows, only what is new of it at each look. What follows the last line end is still being written and is left for the next look. A file that is missing
 * has no lines; one that is replaced, cut or written anew is read from its start again. Content that was replaced in place is told by the bytes at the file's head and before the
 * place reached.
 *
 * @param limit most bytes of one look, so that a long file does not hold up everything else; a line that is longer is an error
 * @throws {Error} from `look`, where the file cannot be read, or a line is longer than `limit`
 * @example 'a\nb' gives ['a']; once it has grown to 'a\nbc\n', ['bc']
 */
export function createTail(path: string, limit = 4 << 20): Tail {
  let place = 0;
  let inode = 0;
  let stamp = '';
  let head = Buffer.alloc(0);
  let last = Buffer.alloc(0);

  const forget = (): boolean => {
    const known = place > 0;
    [place, stamp, head, last] = [0, '', Buffer.alloc(0), Buffer.alloc(0)];
    return known;
  };

  return {
    look() {
      const file = open(path);
      if (file === null) return { anew: forget(), lines: [], more: false };
      try {
        const { size, ino, mtimeMs } = fstatSync(file);
        const now = `${ino}/${size}/${mtimeMs}`;
        if (now === stamp) return { anew: false, lines: [], more: false };
        const same =
          ino === inode &&
          size >= place &&
          read(file, 0, head.length).equals(head) &&
          read(file, place - last.length, last.length).equals(last);
        const anew = !same && forget();
        inode = ino;
        const fresh = read(file, place, Math.min(limit, size - place));
        const end = fresh.lastIndexOf(newline) + 1;
        stamp = now;
        if (end === 0 && fresh.length >= limit) throw new Error(`a line is longer than ${limit} bytes`);
        if (head.length < memory) head = Buffer.concat([head, fresh.subarray(0, Math.min(end, memory - head.length))]);
        last = Buffer.concat([last, fresh.subarray(Math.max(0, end - memory), end)]).subarray(-memory);
        place += end;
        const more = fresh.length === limit && place < size;
        if (more) stamp = '';
        return { anew, lines: linesOf(fresh, end), more };
      } finally {
        closeSync(file);
      }
    },
  };
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** `length` bytes from `from` on, or as many as there are. */
function read(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, bytes, filled, length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function linesOf(bytes: Buffer, end: number): string[] {
  if (end === 0) return [];
  return bytes
    .toString('utf8', 0, end - 1)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

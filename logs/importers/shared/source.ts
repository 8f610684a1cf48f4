import { closeSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UserError, codeOf, messageOf } from '../../../base/index.ts';

/** A file or folder that a user wants read. Nothing is read before it is asked for. */
export interface Source {
  readonly path: string;
  readonly isFolder: boolean;
  /** The first bytes of a file, as text without a byte order mark; empty for a folder. */
  readonly head: string;
  /** Files in a folder, relative to it, sorted, to a depth of six folders; of a file its own name. */
  files(): readonly string[];
  /** One of `files()` as a source of its own. */
  open(file: string): Source;
  /** The whole file, without a byte order mark. @throws {UserError} if it cannot be read, or is not UTF-8 */
  text(): string;
}

const headBytes = 64 * 1024;
const deepest = 6;

/**
 * @param live whether the file is still being written: what follows its last line end is then left out, but for a JSON document
 * @throws {UserError} if there is nothing at the path
 */
export function openSource(path: string, live = false): Source {
  const isFolder = statOf(path).isDirectory();
  let head: string | null = null;
  let files: readonly string[] | null = null;
  return {
    path,
    isFolder,
    get head() {
      return (head ??= isFolder ? '' : readHead(path));
    },
    files: () => (files ??= isFolder ? list(path, path, deepest).toSorted(byNumbers) : [path]),
    open: (file) => openSource(isFolder ? join(path, file) : path, live),
    text: () => (live && !path.endsWith('.json') ? wholeLines(readText(path)) : readText(path)),
  };
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

/** Several files as if they were all there is in the folder that holds them all. */
export function joinSources(sources: readonly Source[]): Source {
  const paths = sources.map(({ path }) => resolve(path));
  const path = paths.map(dirname).reduce((common, folder) => {
    while (relative(common, folder).startsWith('..')) common = dirname(common);
    return common;
  });
  const names = paths.map((each) => relative(path, each));
  return {
    path,
    isFolder: true,
    head: '',
    files: () => names.toSorted(byNumbers),
    open: (file) => openSource(join(path, file)),
    text: () => {
      throw new UserError(`${path} is a folder, not a file`);
    },
  };
}

/** `step2` before `step10`. */
export function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UserError(`${path} does not exist; check the path`);
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  }
}

function readHead(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(headBytes);
    return withoutMark(bytes.subarray(0, readSync(file, bytes, 0, headBytes, 0)).toString('utf8'));
  } finally {
    closeSync(file);
  }
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  }
  try {
    return withoutMark(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new UserError(`${path} is not a text file in UTF-8; save it as UTF-8`);
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\u{feff}') ? text.slice(1) : text;
}

function list(root: string, folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth > 0 ? list(root, path, depth - 1) : [];
    return entry.isFile() ? [relative(root, path)] : [];
  });
}

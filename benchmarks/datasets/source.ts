import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError, messageOf } from '../../base/index.ts';
import { sha256, sha256OfFile } from './checksum.ts';
import { download, type RemoteFile } from './download.ts';
import type { DatasetContext } from './types.ts';

/** A gzip file of a data set. */
export interface SourceFile extends RemoteFile {
  /** SHA-256 of the content, which stays the same when the file lies about unpacked or is packed anew. */
  readonly unpackedSha256: string;
}

/** Where downloads are kept: `$XDG_CACHE_HOME/stabgap`, or `~/.cache/stabgap` where that is not set to an absolute path. */
export function defaultCacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'stabgap');
}

/**
 * The unpacked, verified content of a data set's file: from `dataDir` when it is given, else from the cache, into which it is
 * downloaded when it is missing or damaged there.
 *
 * @throws UserError when the file is missing in `dataDir`, does not unpack, has another checksum, or cannot be fetched
 */
export async function readSource(dataset: string, file: SourceFile, context: DatasetContext): Promise<Uint8Array> {
  if (context.dataDir !== undefined) return readFromFolder(dataset, file, context.dataDir);
  return unpack(await fetchIntoCache(dataset, file, context));
}

/** The first file of one of these names in the first of these folders that has one, or undefined. */
export function findFile(places: readonly string[], names: readonly string[]): string | undefined {
  return places.flatMap((place) => names.map((name) => join(place, name))).find((path) => existsSync(path));
}

/**
 * The content of a file, unpacked where its name ends in `.gz`.
 *
 * @param origin where to get it again
 * @throws UserError when it cannot be read or has another checksum
 */
export function readVerified(dataset: string, path: string, unpackedSha256: string, origin: string): Uint8Array {
  const bytes = unpack(path);
  const found = sha256(bytes);
  if (found !== unpackedSha256) {
    throw new UserError(
      `${path} is not the file of ${dataset}: its content has sha256 ${found}, expected ${unpackedSha256}; ` +
        `get it again from ${origin}`,
    );
  }
  return bytes;
}

/**
 * What {@link readSource} does short of reading the content: a packed file with the right checksum needs no unpacking to be trusted.
 *
 * @throws UserError as {@link readSource} does
 */
export async function prepareSource(dataset: string, file: SourceFile, context: DatasetContext): Promise<void> {
  if (context.dataDir === undefined) await fetchIntoCache(dataset, file, context);
  else if ((await sha256OfFile(findInFolder(dataset, file, context.dataDir))) !== file.sha256)
    readFromFolder(dataset, file, context.dataDir);
}

async function fetchIntoCache(dataset: string, file: SourceFile, context: DatasetContext): Promise<string> {
  const path = join(context.cacheDir ?? defaultCacheDir(), dataset, file.name);
  if ((await sha256OfFile(path)) !== file.sha256) await download(file, path, { onProgress: context.onProgress });
  return path;
}

function findInFolder(dataset: string, file: SourceFile, folder: string): string {
  const places = [join(folder, dataset), folder];
  const path = findFile(places, [file.name, file.name.replace(/\.gz$/, '')]);
  if (path === undefined) {
    throw new UserError(
      `no ${file.name} of ${dataset} in ${places.join(' or ')}; get it from ${file.mirrors[0]}${file.name}, ` +
        `or leave out --data-dir to have it downloaded`,
    );
  }
  return path;
}

function readFromFolder(dataset: string, file: SourceFile, folder: string): Uint8Array {
  const path = findInFolder(dataset, file, folder);
  return readVerified(dataset, path, file.unpackedSha256, `${file.mirrors[0]}${file.name}`);
}

function unpack(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path);
    return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}; it may be truncated: get it again`);
  }
}

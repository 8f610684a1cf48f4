import { join } from 'node:path';
import { UserError } from '../../base/index.ts';
import { readArchive } from './archive.ts';
import { sha256OfFile } from './checksum.ts';
import { fileLength, type CifarFile } from './cifar.ts';
import { download, type RemoteFile } from './download.ts';
import { defaultCacheDir, findFile, readVerified } from './source.ts';
import type { DatasetContext } from './types.ts';

/** A file of records whose content is known. */
export interface KnownFile extends CifarFile {
  readonly sha256: string;
}

/** The files of a data set, each part's in the order of its images. */
export interface CifarFiles {
  readonly train: readonly KnownFile[];
  readonly test: readonly KnownFile[];
}

/** The authors' gzipped tar archive of a data set. */
export interface CifarArchive extends RemoteFile {
  /** The folder that it unpacks to. */
  readonly folder: string;
  readonly files: CifarFiles;
}

/** What a data set is made of. */
export interface CifarSourceSpec {
  readonly archive: CifarArchive;
  /** The data set that the archive is kept under, when it is another one; its folder is looked in, too. */
  readonly partOf?: string;
  /** Other files of which the same data set can be made; looked for in `dataDir` only, and before all others. */
  readonly shortcut?: CifarFiles;
}

/** Files that were found. */
export interface CifarSource {
  readonly files: CifarFiles;
  /** Whether the content is known to be right: an archive's is, single files are checked as they are read. */
  readonly verified: boolean;
  /** Hands over the content of each of them, in any order. */
  read(visit: (name: string, content: Uint8Array) => void): Promise<void>;
}

/**
 * Finds the files of a data set: in `dataDir`, when it is given, as single files (gzipped or not) or in the archive; else in the
 * archive in the cache, into which it is downloaded when it is missing or damaged there. An archive is never unpacked to disk.
 *
 * @param labels label bytes a record
 * @throws UserError when they are missing in `dataDir`, are other files, or cannot be fetched; `read` throws one on a damaged file
 */
export async function findCifar(
  name: string,
  spec: CifarSourceSpec,
  labels: number,
  context: DatasetContext,
): Promise<CifarSource> {
  const { archive, partOf = name } = spec;
  const inArchive = (path: string): CifarSource => ({
    files: archive.files,
    verified: true,
    read: (visit) =>
      readArchive(
        path,
        allOf(archive.files).map((file) => ({ name: file.name, bytes: fileLength(file, labels) })),
        visit,
      ),
  });

  if (context.dataDir !== undefined) return findInFolder(name, spec, context.dataDir, inArchive);
  const path = join(context.cacheDir ?? defaultCacheDir(), partOf, archive.name);
  if ((await sha256OfFile(path)) !== archive.sha256) await download(archive, path, { onProgress: context.onProgress });
  return inArchive(path);
}

async function findInFolder(
  name: string,
  { archive, partOf = name, shortcut }: CifarSourceSpec,
  dataDir: string,
  inArchive: (path: string) => CifarSource,
): Promise<CifarSource> {
  const folders = [...new Set([join(dataDir, name), join(dataDir, partOf), dataDir])];
  const places = folders.flatMap((folder) => [folder, join(folder, archive.folder)]);
  const origin = `${archive.mirrors[0]}${archive.name}`;
  const find = (file: KnownFile): string | undefined => findFile(places, [file.name, `${file.name}.gz`]);

  for (const files of [shortcut, archive.files]) {
    if (files === undefined || !allOf(files).every(find)) continue;
    return {
      files,
      verified: false,
      async read(visit) {
        for (const file of allOf(files)) visit(file.name, readVerified(name, find(file)!, file.sha256, origin));
      },
    };
  }
  const path = findFile(folders, [archive.name]);
  if (path !== undefined) {
    const found = await sha256OfFile(path);
    if (found === archive.sha256) return inArchive(path);
    throw new UserError(
      `${path} is not the archive of ${name}, or not all of it: it has sha256 ${found}, expected ${archive.sha256} ` +
        `of ${archive.bytes} bytes; get it again from ${origin}`,
    );
  }
  const missing = allOf(archive.files).filter((file) => !find(file));
  throw new UserError(
    `no ${archive.name} of ${name} in ${folders.join(' or ')}, nor all files that are in it (missing: ` +
      `${missing.map((file) => file.name).join(', ')}); get it from ${origin}, or leave out --data-dir to have it downloaded`,
  );
}

const allOf = ({ train, test }: CifarFiles): KnownFile[] => [...train, ...test];

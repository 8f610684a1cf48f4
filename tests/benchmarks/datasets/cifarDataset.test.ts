import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../../base/index.ts';
import { sha256 } from '../../../benchmarks/datasets/checksum.ts';
import { cifarDataset, type CifarDatasetSpec } from '../../../benchmarks/datasets/cifarDataset.ts';
import type { CifarArchive, CifarFiles, CifarSourceSpec } from '../../../benchmarks/datasets/cifarSource.ts';
import type { DatasetEntry } from '../../../benchmarks/datasets/index.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { fileOf } from './cifarRecords.ts';
import { serve, startMirror, type Mirror } from './mirror.ts';
import { tarballOf } from './tarball.ts';

/** Three training images in two files and one test image, by file name. */
const files = {
  'b1.bin': fileOf([2, 0], 10),
  'b2.bin': fileOf([2], 50),
  't.bin': fileOf([1], 70),
};
type Files = Record<keyof typeof files, Buffer>;

/** Another order than that of the images. */
const tarballFrom = (content: Partial<Files>): Promise<Buffer> =>
  tarballOf({
    'set/': Buffer.of(),
    ...Object.fromEntries(
      Object.entries(content)
        .filter(([, bytes]) => bytes !== undefined)
        .toReversed()
        .map(([name, bytes]) => [`set/${name}`, bytes]),
    ),
  });
const tarball = await tarballFrom(files);

const known = (content: Files): CifarFiles => {
  const file = (name: keyof Files, records: number) => ({ name, records, sha256: sha256(content[name]) });
  return { train: [file('b1.bin', 2), file('b2.bin', 1)], test: [file('t.bin', 1)] };
};

const archiveOf = (archive: Buffer, content: Files, mirror = 'http://mirror/'): CifarArchive => ({
  name: 'set.tar.gz',
  bytes: archive.length,
  sha256: sha256(archive),
  mirrors: [mirror],
  folder: 'set',
  files: known(content),
});

function entryOf(
  change: Partial<CifarDatasetSpec> = {},
  archive = tarball,
  content: Files = files,
  more: Partial<CifarSourceSpec> = {},
): DatasetEntry {
  return cifarDataset({
    name: 'tiny',
    version: 3,
    title: 'Tiny',
    description: 'four images',
    licence: 'none',
    citation: 'nobody',
    homepage: 'http://localhost/',
    size: { train: 3, test: 1 },
    classNames: ['a', 'b', 'c'],
    labelCounts: [3],
    normalization: { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
    source: { archive: archiveOf(archive, content), ...more },
    ...change,
  });
}

/** Colour of the first pixel of each image, and its class. */
async function look(entry: DatasetEntry, context: { dataDir?: string; cacheDir?: string }) {
  const { train, test: held } = await entry.load(context);
  return [train, held].map(({ inputs, labels }) =>
    [...labels].map((label, i) => [...inputs.subarray(i * 3072, i * 3072 + 3), label]),
  );
}
const expected = [
  [
    [10, 100, 200, 2],
    [11, 101, 201, 0],
    [50, 100, 200, 2],
  ],
  [[70, 100, 200, 1]],
];

let folder: string;
let mirror: Mirror | undefined;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  mirror?.close();
  mirror = undefined;
});

function put(place: string, content: Readonly<Record<string, Uint8Array>>): void {
  mkdirSync(place, { recursive: true });
  for (const [name, bytes] of Object.entries(content)) writeFileSync(join(place, name), bytes);
}

test('a data set says of itself what its entry says', async () => {
  put(folder, { 'set.tar.gz': tarball });
  const entry = entryOf();
  const { train: _train, test: _test, ...said } = await entry.load({ dataDir: folder });
  expect(said).toEqual({
    name: 'tiny',
    version: 3,
    shape: [32, 32, 3],
    classNames: ['a', 'b', 'c'],
    maximum: 255,
    normalization: entry.normalization,
  });
  expect(entry).toMatchObject({ shape: [32, 32, 3], classCount: 3, downloadBytes: tarball.length });
});

const otherTarball = await tarballOf({ 'set/t.bin': files['t.bin'] });

describe('--data-dir', () => {
  const gzipped = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));

  test.each<[string, string, Readonly<Record<string, Uint8Array>>]>([
    ['the archive in the folder', '.', { 'set.tar.gz': tarball }],
    ['the archive in the subfolder of the data set', 'tiny', { 'set.tar.gz': tarball }],
    ['the files in the folder', '.', files],
    ['the files, gzipped, in the subfolder of the data set', 'tiny', gzipped],
    ['the files in the folder that the archive unpacks to', 'set', files],
    ['the files in that folder in the subfolder', 'tiny/set', files],
  ])('takes %s', async (_, place, content) => {
    put(join(folder, place), content);
    expect(await look(entryOf(), { dataDir: folder })).toEqual(expected);
    expect(readdirSync(join(folder, place)).toSorted()).toEqual(Object.keys(content).toSorted());
  });

  test('where some files are missing the archive is taken', async () => {
    put(folder, { 't.bin': files['t.bin'], 'set.tar.gz': tarball });
    expect(await look(entryOf(), { dataDir: folder })).toEqual(expected);
  });

  test('names what is missing, where it was looked for, and where to get it', async () => {
    put(folder, { 't.bin': files['t.bin'] });
    const failure = entryOf().load({ dataDir: folder });
    await expect(failure).rejects.toThrow(
      new UserError(
        `no set.tar.gz of tiny in ${join(folder, 'tiny')} or ${folder}, nor all files that are in it ` +
          `(missing: b1.bin, b2.bin); get it from http://mirror/set.tar.gz, or leave out --data-dir to have it downloaded`,
      ),
    );
  });

  test.each<[string, Uint8Array]>([
    ['cut short', tarball.subarray(0, -100)],
    ['another one', otherTarball],
  ])('refuses an archive that is %s, with both checksums', async (_, content) => {
    put(folder, { 'set.tar.gz': content });
    await expect(entryOf().load({ dataDir: folder })).rejects.toThrow(
      new UserError(
        `${join(folder, 'set.tar.gz')} is not the archive of tiny, or not all of it: it has sha256 ${sha256(content)}, ` +
          `expected ${sha256(tarball)} of ${tarball.length} bytes; get it again from http://mirror/set.tar.gz`,
      ),
    );
  });

  test('refuses another file of the same name, with both checksums', async () => {
    const other = fileOf([1], 71);
    put(folder, { ...files, 't.bin': other });
    await expect(entryOf().load({ dataDir: folder })).rejects.toThrow(
      new UserError(
        `${join(folder, 't.bin')} is not the file of tiny: its content has sha256 ${sha256(other)}, expected ` +
          `${sha256(files['t.bin'])}; get it again from http://mirror/set.tar.gz`,
      ),
    );
  });
});

describe('a part of another data set', () => {
  const part: Partial<CifarDatasetSpec> = { name: 'part', perClass: 1, classNames: ['a', 'c'] };
  const two = { 'b1.bin': fileOf([1, 0], 10), 'b2.bin': fileOf([1], 50), 't.bin': fileOf([1], 70) };
  const kept = [
    [
      [10, 100, 200, 1],
      [11, 101, 201, 0],
    ],
    [[70, 100, 200, 1]],
  ];

  test('has the first images of each class, from the archive of the other', async () => {
    const archive = await tarballFrom(two);
    put(join(folder, 'tiny'), { 'set.tar.gz': archive });
    expect(await look(entryOf(part, archive, two, { partOf: 'tiny' }), { dataDir: folder })).toEqual(kept);
    expect(await look(entryOf(part, archive, two, { partOf: 'tiny' }), { cacheDir: folder })).toEqual(kept);
  });

  test('may come from files of its own', async () => {
    const own = fileOf([1, 0], 10);
    const shortcut: CifarFiles = {
      train: [{ name: 'own.bin', records: 2, sha256: sha256(own) }],
      test: known(two).test,
    };
    put(join(folder, 'tiny'), { 'own.bin.gz': gzipSync(own), 't.bin': two['t.bin'] });
    expect(await look(entryOf(part, tarball, two, { partOf: 'tiny', shortcut }), { dataDir: folder })).toEqual(kept);
  });
});

describe('the cache', () => {
  test('a missing archive is fetched, and used from the cache the next time', async () => {
    mirror = await startMirror(serve(tarball));
    const entry = entryOf({ source: { archive: archiveOf(tarball, files, mirror.address) } });
    expect(await look(entry, { cacheDir: folder })).toEqual(expected);
    expect(readdirSync(join(folder, 'tiny'))).toEqual(['set.tar.gz']);
    mirror.close();
    expect(await look(entry, { cacheDir: folder })).toEqual(expected);
  });

  test('a damaged archive is fetched anew', async () => {
    mirror = await startMirror(serve(tarball));
    put(join(folder, 'tiny'), { 'set.tar.gz': tarball.subarray(0, 50) });
    expect(
      await look(entryOf({ source: { archive: archiveOf(tarball, files, mirror.address) } }), { cacheDir: folder }),
    ).toEqual(expected);
    expect(readFileSync(join(folder, 'tiny', 'set.tar.gz'))).toEqual(tarball);
  });
});

describe('an archive that has the right checksum, but', () => {
  test.each<[string, Partial<Files>, string]>([
    ['lacks a file', { 'b2.bin': undefined }, 'set.tar.gz does not hold b2.bin; get the archive again'],
    [
      'has a file of another size',
      { 't.bin': fileOf([1, 1], 70) },
      'set.tar.gz: t.bin has 6146 bytes, expected 3073; get the archive again',
    ],
    [
      'has a class that is not known',
      { 'b1.bin': fileOf([2, 3], 10) },
      'b1.bin: label 3 of record 1 is not in 0..2; get the file again from its source',
    ],
  ])('%s is refused in one line', async (_, change, message) => {
    const archive = await tarballFrom({ ...files, ...change });
    put(folder, { 'set.tar.gz': archive });
    const failure = entryOf({}, archive).load({ dataDir: folder });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
  });
});

test('a file whose checksum is right but which is too short for its records is refused', async () => {
  const short = { ...files, 'b1.bin': files['b1.bin'].subarray(0, 4000) };
  put(folder, short);
  await expect(entryOf({}, tarball, short).load({ dataDir: folder })).rejects.toThrow(
    'b1.bin: truncated at record 1: 4000 bytes, expected 6146',
  );
});

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../base/index.ts';
import { sha256 } from '../../../benchmarks/datasets/checksum.ts';
import { idxDataset } from '../../../benchmarks/datasets/idxDataset.ts';
import { defaultCacheDir, type DatasetEntry } from '../../../benchmarks/datasets/index.ts';
import { startMirror, status, type Mirror } from './mirror.ts';

const idx = (shape: number[], values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((length, i) => bytes.writeUInt32BE(length, 4 + 4 * i));
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
};

/** Two training images and one test image of 1 x 2, by file name. */
const unpacked = {
  'train-images.gz': idx([2, 1, 2], [10, 20, 30, 40]),
  'train-labels.gz': idx([2], [0, 2]),
  'test-images.gz': idx([1, 1, 2], [50, 60]),
  'test-labels.gz': idx([1], [1]),
};
type Files = Record<keyof typeof unpacked, Buffer>;

function entryOf(files: Files, mirrors: string[]): DatasetEntry {
  const file = (name: keyof Files) => {
    const packed = gzipSync(files[name]);
    return { name, bytes: packed.length, sha256: sha256(packed), unpackedSha256: sha256(files[name]) };
  };
  return idxDataset({
    name: 'tiny',
    version: 3,
    title: 'Tiny',
    description: 'three images',
    licence: 'none',
    citation: 'nobody',
    homepage: 'http://localhost/',
    size: { train: 2, test: 1 },
    image: [1, 2],
    classNames: ['a', 'b', 'c'],
    mirrors,
    files: {
      trainImages: file('train-images.gz'),
      trainLabels: file('train-labels.gz'),
      testImages: file('test-images.gz'),
      testLabels: file('test-labels.gz'),
    },
  });
}

const expected = {
  name: 'tiny',
  version: 3,
  shape: [1, 2, 1],
  classNames: ['a', 'b', 'c'],
  maximum: 255,
  train: { inputs: Uint8Array.of(10, 20, 30, 40), labels: Uint8Array.of(0, 2) },
  test: { inputs: Uint8Array.of(50, 60), labels: Uint8Array.of(1) },
};

let folder: string;
let mirror: Mirror | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stabgap-idx-'));
});
afterEach(() => {
  mirror?.close();
  mirror = undefined;
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function put(place: string, files: Files = unpacked, suffix = '.gz'): void {
  mkdirSync(place, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(place, name.replace('.gz', suffix)), suffix === '.gz' ? gzipSync(bytes) : bytes);
  }
}

async function serveFiles(files: Files): Promise<string[]> {
  mirror = await startMirror((request, response) => {
    const bytes = files[request.url!.slice(1) as keyof Files];
    if (bytes === undefined) status(404)(request, response);
    else response.end(gzipSync(bytes));
  });
  return [mirror.address];
}

describe('--data-dir', () => {
  const entry = entryOf(unpacked, ['http://mirror/']);

  test('files are found in the subfolder named like the data set', async () => {
    put(join(folder, 'tiny'));
    expect(await entry.load({ dataDir: folder })).toEqual(expected);
  });

  test('files are found in the folder itself', async () => {
    put(folder);
    expect(await entry.load({ dataDir: folder })).toEqual(expected);
  });

  test('files may be unpacked', async () => {
    put(folder, unpacked, '');
    expect(await entry.load({ dataDir: folder })).toEqual(expected);
  });

  test('files may be packed in another way, as long as their content is right', async () => {
    put(folder);
    writeFileSync(join(folder, 'train-images.gz'), gzipSync(unpacked['train-images.gz'], { level: 0 }));
    expect(await entry.load({ dataDir: folder })).toEqual(expected);
  });

  test.each([
    ['packed', '.gz', []],
    ['unpacked', '', []],
    ['damaged', '.gz', ['train-images.gz']],
    ['missing', '.gz', ['test-labels.gz', 'test-labels']],
  ] as const)('prepare finds %s files as load does', async (_, suffix, spoilt) => {
    put(folder, unpacked, suffix);
    if (spoilt.length === 1) writeFileSync(join(folder, spoilt[0]), gzipSync(unpacked['test-images.gz']));
    else for (const name of spoilt) rmSync(join(folder, name), { force: true });
    const outcomes = [entry.prepare!({ dataDir: folder }), entry.load({ dataDir: folder })].map((outcome) =>
      outcome.then(
        () => 'right',
        (error: Error) => error.message,
      ),
    );
    const [prepared, loaded] = await Promise.all(outcomes);
    expect(prepared).toBe(loaded);
    expect(prepared === 'right').toBe(spoilt.length === 0);
  });

  test('a missing file is named with the folders looked in and where to get it', async () => {
    put(folder);
    rmSync(join(folder, 'test-labels.gz'));
    const failure = entry.load({ dataDir: folder });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(
      `no test-labels.gz of tiny in ${join(folder, 'tiny')} or ${folder}; get it from http://mirror/test-labels.gz`,
    );
  });

  test('other content is refused with both checksums', async () => {
    const wrong = idx([2, 1, 2], [10, 20, 30, 41]);
    put(folder, { ...unpacked, 'train-images.gz': wrong });
    const failure = entry.load({ dataDir: folder });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(
      `${join(folder, 'train-images.gz')} is not the file of tiny: its content has sha256 ${sha256(wrong)}, ` +
        `expected ${sha256(unpacked['train-images.gz'])}`,
    );
  });

  test('a truncated gzip file is refused by name', async () => {
    put(folder);
    const path = join(folder, 'train-images.gz');
    writeFileSync(path, readFileSync(path).subarray(0, -9));
    const failure = entry.load({ dataDir: folder });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(`cannot read ${path}: unexpected end of file`);
  });
});

describe('the cache', () => {
  test('missing files are fetched, and used from the cache the next time', async () => {
    const entry = entryOf(unpacked, await serveFiles(unpacked));
    expect(await entry.load({ cacheDir: folder })).toEqual(expected);
    expect(readdirSync(join(folder, 'tiny')).toSorted()).toEqual(Object.keys(unpacked).toSorted());
    mirror!.close();
    expect(await entry.load({ cacheDir: folder })).toEqual(expected);
    expect(mirror!.ranges).toHaveLength(4);
  });

  test('a damaged file in the cache is fetched anew', async () => {
    const entry = entryOf(unpacked, await serveFiles(unpacked));
    await entry.load({ cacheDir: folder });
    writeFileSync(join(folder, 'tiny', 'test-images.gz'), 'damaged');
    expect(await entry.load({ cacheDir: folder })).toEqual(expected);
    expect(mirror!.ranges).toHaveLength(5);
  });

  test('it lies in $XDG_CACHE_HOME/stabgap, or in ~/.cache/stabgap when that is not an absolute path', async () => {
    vi.stubEnv('XDG_CACHE_HOME', folder);
    expect(defaultCacheDir()).toBe(join(folder, 'stabgap'));
    vi.stubEnv('HOME', '/home/somebody');
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    expect(defaultCacheDir()).toBe('/home/somebody/.cache/stabgap');
    vi.stubEnv('XDG_CACHE_HOME', undefined);
    expect(defaultCacheDir()).toBe('/home/somebody/.cache/stabgap');
  });
});

describe('files that are sound one by one but do not fit together are refused', () => {
  test.each<[string, Partial<Files>, string]>([
    [
      'another image size',
      { 'train-images.gz': idx([2, 2, 1], [1, 2, 3, 4]) },
      'train-images.gz: images of 2 x 1, expected 1 x 2',
    ],
    [
      'fewer labels than images',
      { 'train-labels.gz': idx([1], [0]) },
      'train-labels.gz: 1 labels for the 2 images of train-images.gz',
    ],
    ['an unknown class', { 'test-labels.gz': idx([1], [3]) }, 'test-labels.gz: label 3 of item 0 is not in 0..2'],
  ])('%s', async (_, change, message) => {
    const files = { ...unpacked, ...change };
    put(folder, files);
    const failure = entryOf(files, ['http://mirror/']).load({ dataDir: folder });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
  });
});

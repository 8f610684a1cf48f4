import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import { readArchive, type Member } from '../../../benchmarks/datasets/archive.ts';
import { sha256 } from '../../../benchmarks/datasets/checksum.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { tarOf } from './tarball.ts';

const one = Uint8Array.of(1, 2, 3);
/** Longer than a piece that is read at once, and not to be compressed. */
const rng = createRng('archive');
const large = Uint8Array.from({ length: 3_000_000 }, () => rng.integer(256));
const members: Member[] = [
  { name: 'one.bin', bytes: 3 },
  { name: 'large.bin', bytes: large.length },
];
const tar = await tarOf({ 'set/': one, 'set/large.bin': large, 'set/read.me': one, 'set/one.bin': one });
const tarball = gzipSync(tar);

const folder = temporaryFolder();
function put(content: Uint8Array): string {
  const path = join(folder, 'set.tar.gz');
  writeFileSync(path, content);
  return path;
}

async function read(path: string, wanted = members): Promise<[string, Uint8Array][]> {
  const found: [string, Uint8Array][] = [];
  await readArchive(path, wanted, (name, content) => found.push([name, content]));
  return found;
}

test('members come whole and in the order of the archive, others are left out', async () => {
  const found = await read(put(tarball));
  expect(found.map(([name, content]) => [name, sha256(content)])).toEqual([
    ['large.bin', sha256(large)],
    ['one.bin', sha256(one)],
  ]);
});

test('headers from before the ustar format, which have no magic number, are read as well', async () => {
  const old = Buffer.from(tar);
  for (let at = 0; at + 512 <= old.length; at += 512) {
    const header = old.subarray(at, at + 512);
    if (header.toString('latin1', 257, 262) !== 'ustar') continue;
    header.fill(0, 257);
    header.fill(' ', 148, 156); // counts as blanks in the checksum
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  }
  expect((await read(put(gzipSync(old)))).map(([name]) => name)).toEqual(['large.bin', 'one.bin']);
});

test.each<[string, Uint8Array, string]>([
  ['cut short', tarball.subarray(0, 1_500_000), 'unexpected end of file; it may be truncated: get it again'],
  ['cut short and gzipped again', gzipSync(tar.subarray(0, 1_500_000)), 'Unexpected end of data; it may be truncated'],
  ['not gzip', one, 'incorrect header check; it may be truncated: get it again'],
  ['not tar', gzipSync(large), 'it may be truncated: get it again'],
])('an archive that is %s is refused by name', async (_, content, message) => {
  const path = put(content);
  const failure = read(path);
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(`cannot read ${path}: `);
  await expect(failure).rejects.toThrow(message);
});

test('a missing member is named', async () => {
  const path = put(tarball);
  await expect(read(path, [...members, { name: 'two.bin', bytes: 3 }])).rejects.toThrow(
    new UserError(`${path} does not hold two.bin; get the archive again`),
  );
});

test('a member of another size is refused before it is read', async () => {
  const path = put(tarball);
  await expect(read(path, [{ name: 'large.bin', bytes: 7 }])).rejects.toThrow(
    new UserError(`${path}: large.bin has 3000000 bytes, expected 7; get the archive again`),
  );
});

test('a mistake found in a member stops the reading', async () => {
  let visits = 0;
  const failure = readArchive(put(tarball), members, () => {
    visits += 1;
    throw new UserError('label 12 of record 0');
  });
  await expect(failure).rejects.toThrow(new UserError('label 12 of record 0'));
  expect(visits).toBe(1);
});

test('an archive that is not there is named', async () => {
  await expect(read(join(folder, 'none'))).rejects.toThrow(`cannot read ${join(folder, 'none')}: ENOENT`);
});

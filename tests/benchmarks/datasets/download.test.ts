import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../../base/index.ts';
import { sha256 } from '../../../benchmarks/datasets/checksum.ts';
import { download, type RemoteFile } from '../../../benchmarks/datasets/download.ts';
import { cutAfter, serve, serveWhole, stallAfter, startMirror, status, trickle, type Mirror } from './mirror.ts';

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) % 251);
const other = content.map((byte) => byte ^ 1);
const quick = { pause: 1, stall: 5_000 };

let folder: string;
let path: string;
let mirrors: Mirror[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stabgap-download-'));
  path = join(folder, 'cache', 'data.gz');
  mirrors = [];
});
afterEach(() => {
  for (const started of mirrors) started.close();
  rmSync(folder, { recursive: true });
});

async function mirror(...answers: Parameters<typeof startMirror>): Promise<Mirror> {
  const started = await startMirror(...answers);
  mirrors.push(started);
  return started;
}

const remote = (...from: Mirror[]): RemoteFile => ({
  name: 'data.gz',
  bytes: content.length,
  sha256: sha256(content),
  mirrors: from.map(({ address }) => address),
});

const left = (): string[] => readdirSync(join(folder, 'cache'));
const fetched = (): boolean => readFileSync(path).equals(content);

test('a file is fetched under its name, with progress up to its size', async () => {
  const seen: [string, number, number][] = [];
  await download(remote(await mirror(serve(content))), path, { onProgress: (...event) => seen.push(event) });
  expect(fetched()).toBe(true);
  expect(left()).toEqual(['data.gz']);
  expect(seen[0]).toEqual(['data.gz', 0, content.length]);
  expect(seen.at(-1)).toEqual(['data.gz', content.length, content.length]);
  expect(seen.map((event) => event[1])).toEqual(seen.map((event) => event[1]).toSorted((a, b) => a - b));
});

test('a cut connection is taken up where it broke off', async () => {
  const cut = await mirror(cutAfter(content, 70_000), serve(content));
  await download(remote(cut), path, quick);
  expect(fetched()).toBe(true);
  expect(cut.ranges).toEqual(['', 'bytes=70000-']);
});

test('a part file of an earlier call is resumed', async () => {
  const cut = await mirror(cutAfter(content, 50_000));
  await expect(download(remote(cut), path, { ...quick, rounds: 1 })).rejects.toThrow(UserError);
  expect(left()).toEqual(['data.gz.part']);
  const whole = await mirror(serve(content));
  const first: number[] = [];
  await download(remote(whole), path, { ...quick, onProgress: (_, received) => first.push(received) });
  expect(fetched()).toBe(true);
  expect(whole.ranges).toEqual(['bytes=50000-']);
  expect(first[0]).toBe(50_000);
});

test('a server that ignores the range is read from the start', async () => {
  const stubborn = await mirror(cutAfter(content, 70_000), serveWhole(content));
  await download(remote(stubborn), path, quick);
  expect(stubborn.ranges).toEqual(['', 'bytes=70000-']);
  expect(fetched()).toBe(true);
});

test('HTTP 503 is tried again', async () => {
  const busy = await mirror(status(503), status(503), serve(content));
  await download(remote(busy), path, quick);
  expect(fetched()).toBe(true);
  expect(busy.ranges).toHaveLength(3);
});

test('a silent connection is given up and resumed', async () => {
  const silent = await mirror(stallAfter(content, 10_000), serve(content));
  await download(remote(silent), path, { ...quick, stall: 500 });
  expect(silent.ranges).toEqual(['', 'bytes=10000-']);
  expect(fetched()).toBe(true);
});

test('a slow connection is not given up as long as bytes arrive', async () => {
  const slow = await mirror(trickle(content, 300));
  await download(remote(slow), path, { ...quick, stall: 800, rounds: 1 });
  expect(fetched()).toBe(true);
});

test('more bytes than expected are refused', async () => {
  const endless = await mirror(trickle(new Uint8Array(4 * content.length), 1));
  const failure = download(remote(endless), path, { ...quick, rounds: 1 });
  await expect(failure).rejects.toThrow(`sent more than the expected ${content.length} bytes`);
  expect(statSync(`${path}.part`).size).toBeLessThanOrEqual(content.length);
});

test('an answer with another range than was asked for is refused', async () => {
  const confused = await mirror(
    cutAfter(content, 10_000),
    (_, response) => {
      const rest = content.subarray(20_000);
      response.writeHead(206, { 'content-range': `bytes 20000-${content.length - 1}/${content.length}` }).end(rest);
    },
    serve(content),
  );
  await download(remote(confused), path, quick);
  expect(confused.ranges).toEqual(['', 'bytes=10000-', 'bytes=10000-']);
  expect(fetched()).toBe(true);
});

test('the next mirror takes over, without waiting, from one that fails', async () => {
  const gone = await mirror(status(404));
  const good = await mirror(serve(content));
  await download(remote(gone, good), path, { ...quick, pause: 1e9 });
  expect(fetched()).toBe(true);
  expect(gone.ranges).toHaveLength(1);
});

test('content with another checksum is refused and not kept, and the next mirror is asked for all of it', async () => {
  const bad = await mirror(serve(other));
  const good = await mirror(serve(content));
  await download(remote(bad, good), path, quick);
  expect(good.ranges).toEqual(['']);
  expect(fetched()).toBe(true);
});

test('when every mirror has another checksum, nothing is left and the error gives both sums', async () => {
  const failure = download(remote(await mirror(serve(other))), path, quick);
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(`wrong checksum: expected sha256 ${sha256(content)}, found ${sha256(other)}`);
  expect(left()).toEqual([]);
});

test('a damaged part file is thrown away and fetched anew', async () => {
  const good = await mirror(cutAfter(content, 100), serve(content));
  await expect(download(remote(good), path, { ...quick, rounds: 1 })).rejects.toThrow(UserError);
  writeFileSync(`${path}.part`, other.subarray(0, 100));
  await download(remote(good), path, quick);
  expect(good.ranges).toEqual(['', 'bytes=100-', '']);
  expect(fetched()).toBe(true);
});

test('a page that is not the file does not overwrite what was received', async () => {
  const first = await mirror(
    cutAfter(content, 30_000),
    serveWhole(new TextEncoder().encode('please log in')),
    serve(content),
  );
  await download(remote(first), path, quick);
  expect(first.ranges).toEqual(['', 'bytes=30000-', 'bytes=30000-']);
  expect(fetched()).toBe(true);
});

test('without a mirror that answers, the error names the file, the addresses tried and the way out', async () => {
  const closed = await mirror(serve(content));
  closed.close();
  const missing = await mirror(status(404));
  const failure = download(remote(closed, missing), path, { ...quick, rounds: 2 });
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(
    new RegExp(
      `^cannot download data.gz: tried ${closed.address}data.gz \\(.*ECONNREFUSED.*\\), ` +
        `${missing.address}data.gz \\(HTTP 404\\); check the network .*--data-dir$`,
    ),
  );
  expect(missing.ranges).toHaveLength(2);
});

test('a folder that cannot be written is reported at once', async () => {
  writeFileSync(join(folder, 'cache'), 'a file where the folder should be');
  const good = await mirror(serve(content));
  await expect(download(remote(good), path, quick)).rejects.toThrow(/^cannot write .*data\.gz: .*--data-dir$/);
  expect(good.ranges).toEqual([]);
});

test('a part file that cannot be written is not tried again', async () => {
  mkdirSync(`${path}.part`, { recursive: true });
  const good = await mirror(serve(content));
  await expect(download(remote(good), path, quick)).rejects.toThrow(/^cannot write .*data\.gz\.part: /);
  expect(good.ranges).toHaveLength(1);
});

test('two downloads of the same file at once both succeed', async () => {
  const good = await mirror(cutAfter(content, 60_000), serve(content));
  await Promise.all([download(remote(good), path, quick), download(remote(good), path, quick)]);
  expect(fetched()).toBe(true);
  expect(existsSync(`${path}.part`)).toBe(false);
});

import { constants } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError, codeOf, messageOf } from '../../base/index.ts';
import { sha256OfFile } from './checksum.ts';

/** Told as bytes arrive: the file's name, the bytes there so far (resumed ones included), the bytes of the whole file. */
export type DownloadProgress = (file: string, received: number, total: number) => void;

export interface RemoteFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Addresses of folders that hold the file, best first, each ending in a slash. */
  readonly mirrors: readonly string[];
}

export interface DownloadOptions {
  readonly onProgress?: DownloadProgress;
  /** How often all mirrors are tried in turn; 3 unless given. */
  readonly rounds?: number;
  /** Milliseconds between the first two rounds, doubled after each; 500 unless given. */
  readonly pause?: number;
  /** Milliseconds without a byte after which a connection is given up; 30,000 unless given. */
  readonly stall?: number;
}

/**
 * Fetches a file to `path`. It grows under the name `<path>.part`, from which a later call resumes, and takes its final name
 * only once its SHA-256 is right; content with another checksum is thrown away.
 *
 * Several processes may fetch the same file at once: all write the same bytes at the same places of the part file.
 *
 * @throws UserError when no mirror gives the file, or when it cannot be written
 */
export async function download(file: RemoteFile, path: string, options: DownloadOptions = {}): Promise<void> {
  const { rounds = 3, pause = 500 } = options;
  await local(path, () => mkdir(dirname(path), { recursive: true }));
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await sleep(pause * 2 ** (round - 1));
    for (const mirror of file.mirrors) {
      try {
        await receive(file, mirror + file.name, `${path}.part`, options);
        await accept(file, path);
        return;
      } catch (error) {
        if (error instanceof UserError) throw error;
        failures.set(mirror + file.name, reasonOf(error));
      }
    }
  }
  const tried = [...failures].map(([address, reason]) => `${address} (${reason})`).join(', ');
  throw new UserError(
    `cannot download ${file.name}: tried ${tried}; check the network and try again, ` +
      `or get the file another way and name its folder with --data-dir`,
  );
}

/** Brings the part file to its full length from one address, going on from what is already there. */
async function receive(file: RemoteFile, address: string, part: string, options: DownloadOptions): Promise<void> {
  const { onProgress, stall = 30_000 } = options;
  const present = await local(part, () => sizeOf(part));
  if (present >= file.bytes) return; // the checksum decides whether it is any good
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`no data for ${stall / 1000} s`)), stall);
  try {
    const headers = { 'accept-encoding': 'identity', ...(present > 0 && { range: `bytes=${present}-` }) };
    const response = await fetch(address, { headers, signal: controller.signal });
    const start = startOf(response, file, present);
    onProgress?.(file.name, start, file.bytes);

    // Neither truncated nor appended to: see the note on several processes above.
    const output = await local(part, () => open(part, constants.O_WRONLY | constants.O_CREAT));
    try {
      let position = start;
      for await (const chunk of response.body!) {
        timer.refresh();
        if (position + chunk.length > file.bytes) throw new Error(`sent more than the expected ${file.bytes} bytes`);
        await local(part, () => output.write(chunk, 0, chunk.length, position));
        position += chunk.length;
        onProgress?.(file.name, position, file.bytes);
      }
      if (position < file.bytes) throw new Error(`connection closed after ${position} of ${file.bytes} bytes`);
      await local(part, () => output.datasync());
    } finally {
      await output.close();
    }
  } finally {
    clearTimeout(timer);
    controller.abort(); // frees the connection when the body was not read to its end
  }
}

/** Where in the file the body of a response begins: at the asked-for byte, or at 0 when the server does not do ranges. */
function startOf(response: Response, file: RemoteFile, present: number): number {
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  const resumed = response.status === 206;
  const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  if (resumed && Number(range?.[1]) !== present) throw new Error('sent another range than was asked for');
  const start = resumed ? present : 0;
  // A login page or an error page that calls itself a success must not overwrite what is there.
  const length = response.headers.get('content-length');
  if (length !== null && start + Number(length) !== file.bytes) {
    throw new Error(`offers ${start + Number(length)} bytes, expected ${file.bytes}`);
  }
  return start;
}

/** Gives a complete part file its final name if its checksum is right, and removes it if not. */
async function accept(file: RemoteFile, path: string): Promise<void> {
  const part = `${path}.part`;
  const found = await local(part, () => sha256OfFile(part));
  if (found === file.sha256) {
    await local(path, () => rename(part, path)).catch(async (error) => {
      if ((await sha256OfFile(path)) !== file.sha256) throw error; // another process was first
    });
    return;
  }
  if (found === undefined && (await sha256OfFile(path)) === file.sha256) return; // likewise
  await local(part, () => rm(part, { force: true }));
  throw new Error(`wrong checksum: expected sha256 ${file.sha256}, found ${found}`);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** Runs a file operation; what goes wrong there is not the mirror's fault and not worth another try. */
async function local<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `cannot write ${path}: ${messageOf(error)}; free some space there, name another cache folder by XDG_CACHE_HOME, ` +
        `or give --data-dir`,
    );
  }
}

/** `fetch` hides what went wrong in the cause of a `fetch failed` or `terminated`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return messageOf(error);
  return messageOf(cause) || String(codeOf(cause)); // an AggregateError of several addresses has a code only
}

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { UserError, messageOf } from '../../base/index.ts';

/** A file in an archive, by its name without folders. */
export interface Member {
  readonly name: string;
  readonly bytes: number;
}

/** Bytes read at once: large, so that the time goes into unpacking. */
const PIECE = 1 << 20;

/** Headers older than the ustar format pass, too: archives of that time may have them. The option is missing in the types. */
const options: object = { allowUnknownFormat: true };

/**
 * Hands over members of a gzipped tar archive one after the other, in the order in which they lie there. The archive is read as a
 * stream: one member at a time is in memory, and nothing is written to disk.
 *
 * @param visit gets each member's content, which is its own to keep
 * @throws UserError when the archive cannot be read, or a member is missing or of another size; and what `visit` throws
 */
export async function readArchive(
  path: string,
  members: readonly Member[],
  visit: (name: string, content: Uint8Array) => void,
): Promise<void> {
  const missing = new Map(members.map(({ name, bytes }) => [name, bytes]));
  const entries = extract(options);
  const fed = pipeline(createReadStream(path, { highWaterMark: PIECE }), createGunzip({ chunkSize: PIECE }), entries);
  fed.catch(() => {}); // the entries fail with the same error
  try {
    for await (const entry of entries) {
      const name = basename(entry.header.name);
      const bytes = entry.header.type === 'file' ? missing.get(name) : undefined;
      if (bytes === undefined) {
        entry.resume();
        continue;
      }
      const { size } = entry.header;
      if (size !== bytes) {
        throw new UserError(`${path}: ${name} has ${size} bytes, expected ${bytes}; get the archive again`);
      }
      visit(name, await join(entry, bytes));
      missing.delete(name);
    }
    await fed;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot read ${path}: ${messageOf(error)}; it may be truncated: get it again`);
  }
  if (missing.size > 0) {
    throw new UserError(`${path} does not hold ${[...missing.keys()].join(', ')}; get the archive again`);
  }
}

async function join(pieces: AsyncIterable<unknown>, bytes: number): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes);
  let length = 0;
  for await (const piece of pieces as AsyncIterable<Uint8Array>) {
    whole.set(piece, length);
    length += piece.length;
  }
  return whole;
}

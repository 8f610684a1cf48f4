import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { UserError, codeOf, messageOf } from '../../base/index.ts';

/** SHA-256 of the bytes, as 64 lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file's content, or undefined when there is no such file. Reads it piece by piece, however large it is. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Uint8Array);
    return hash.digest('hex');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  }
}

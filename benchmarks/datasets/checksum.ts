import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UserError, codeOf, messageOf } from '../../base/index.ts';

/** SHA-256 of the bytes, as 64 lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file's content, or undefined when there is no such file. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  try {
    return sha256(await readFile(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  }
}
